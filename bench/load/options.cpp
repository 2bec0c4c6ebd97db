#include "options.hpp"

#include "test_message.hpp"

#include <span>
#include <string_view>
#include <utility>

namespace sockeye::bench {

const char* const usage =
    "bench_load MODE --port N --server-pid PID [options]\n"
    "  echo       messages echoed over WebSocket: server CPU per message\n"
    "  polling    the same over long-polling, a GET and a POST connection per client\n"
    "  ack        Socket.IO events and their acks, over WebSocket: server CPU per message\n"
    "  fanout     one room, and a sender beside it: server CPU per delivery\n"
    "  rooms      many rooms, in which each member sends to all: server CPU per delivery\n"
    "  handshake  sessions opened, then closed: server CPU for each (--polling: over HTTP)\n"
    "  idle       WebSocket sessions that stay open: memory of each, CPU while they rest\n"
    "options\n"
    "  --conns N    sessions (100)                 --inflight K  on their way per sender (1)\n"
    "  --room-size N  rooms, idle: members (10)    --socketio    idle: in / and in a room\n"
    "  --sender-port N  fanout: of another server, which the sender is at\n"
    "  --rate R     fanout: broadcasts per second (0: the next one when all have the last)\n"
    "  --size B     bytes of a message (64)        --seconds S   measured time (3)\n"
    "  --warmup S   same load before it (1)        --settle S    idle: pause before memory is read "
    "(2)\n"
    "  --hold S     idle: time CPU is watched (0)  --polling     handshake: over long-polling\n"
    "  --path P     of the protocol                --label TEXT  copied to the report\n"
    "One JSON object goes to stdout. Status: 0 good, 2 a message or a session was spoilt, 1 not "
    "run.\n"
    "The server is reached at 127.0.0.1 only.\n";

namespace {

constexpr std::pair<workload, const char*> modes[] = {
    {workload::echo, "echo"},   {workload::polling, "polling"}, {workload::handshake, "handshake"},
    {workload::idle, "idle"},   {workload::ack, "ack"},         {workload::fanout, "fanout"},
    {workload::rooms, "rooms"},
};

workload parse_mode(std::string_view name) {
    for (const auto& [mode, its_name] : modes)
        if (name == its_name) return mode;
    throw usage_error("unknown mode " + std::string(name));
}

bool speaks_socketio(workload w) {
    return w == workload::ack || w == workload::fanout || w == workload::rooms;
}

} // namespace

const char* name_of(workload w) {
    for (const auto& [mode, name] : modes)
        if (mode == w) return name;
    return "";
}

load_options parse_options(int argc, char** argv) {
    load_options o;
    const auto seconds = [](double& to, double least) {
        return [&to, least](std::string_view v) { to = number(v, least, max_seconds); };
    };
    const setters with_value{
        {"--port", [&](auto v) { o.port = number<std::uint16_t>(v, 1, 65535); }},
        {"--server-pid", [&](auto v) { o.server_pid = number<pid_t>(v, 2, 1 << 30); }},
        {"--sender-port", [&](auto v) { o.sender_port = number<std::uint16_t>(v, 1, 65535); }},
        {"--rate", [&](auto v) { o.rate = number(v, 1.0, 100'000.0); }},
        {"--path", [&](auto v) { o.path = v; }},
        {"--conns", [&](auto v) { o.conns = number<unsigned>(v, 1, max_conns); }},
        {"--inflight", [&](auto v) { o.inflight = number<unsigned>(v, 1, 1024); }},
        {"--room-size", [&](auto v) { o.room_size = number<unsigned>(v, 1, max_conns); }},
        {"--size", [&](auto v) { o.size = number<std::size_t>(v, least_message_size, 1 << 20); }},
        {"--seconds", seconds(o.seconds, 0.1)},
        {"--warmup", seconds(o.warmup, 0)},
        {"--settle", seconds(o.settle, 0)},
        {"--hold", seconds(o.hold, 0)},
        {"--label", [&](auto v) { o.label = v; }},
    };
    const flags without{
        {"--polling", &o.over_polling},
        {"--socketio", &o.socketio},
    };
    if (argc < 2) throw usage_error("no mode given");
    o.mode = parse_mode(argv[1]);
    read_arguments(std::span(argv, std::size_t(argc)).subspan(2), with_value, without);
    if (o.over_polling && o.mode != workload::handshake)
        throw usage_error("--polling is for handshake");
    if (o.socketio && o.mode != workload::idle) throw usage_error("--socketio is for idle");
    if ((o.sender_port != 0 || o.rate != 0) && o.mode != workload::fanout)
        throw usage_error("--sender-port and --rate are for fanout");
    o.socketio |= speaks_socketio(o.mode);
    if (o.path.empty()) o.path = o.socketio ? "/socket.io/" : "/engine.io/";
    if (o.port == 0 || o.server_pid == 0) throw usage_error("--port and --server-pid are needed");
    return o;
}

} // namespace sockeye::bench
