#include "options.hpp"

#include <span>

namespace sockeye::bench {

const char* const usage =
    "bench_app_load MODE --port N --server-pid PID [options]\n"
    "  state      users come into rooms and leave them: time of an answer, CPU per operation\n"
    "  memory     users with their rooms, who stay: resident memory of the server\n"
    "  broadcast  users send to their rooms: time of a delivery, CPU of each\n"
    "  clock      sessions that play, at two instances: lateness of ticks; one instance is killed\n"
    "options\n"
    "  --users N     (200)                  --sockets N     of each user (1)\n"
    "  --room-size N users of a room (10)   --rate R        operations or messages a second "
    "(1000)\n"
    "  --sessions N  clock (500)            --members N     clock: of a session (8)\n"
    "  --seconds S   measured time (10)     --warmup S      same load before it (2)\n"
    "  --other-port N, --other-pid PID      clock: the instance that is killed\n"
    "  --redis-port N, --redis-pid PID      of the servers' Redis\n"
    "One JSON object goes to stdout. Status: 0 good, 2 something was lost, doubled or refused, 1 "
    "not run.\n";

namespace {

service parse_service(std::string_view name) {
    if (name == "state") return service::state;
    if (name == "memory") return service::memory;
    if (name == "broadcast") return service::broadcast;
    if (name == "clock") return service::clock;
    throw usage_error("unknown mode " + std::string(name));
}

} // namespace

app_options parse_options(int argc, char** argv) {
    app_options o;
    const auto port = [](std::uint16_t& to) {
        return [&to](std::string_view v) { to = number<std::uint16_t>(v, 1, 65535); };
    };
    const auto pid = [](pid_t& to) {
        return [&to](std::string_view v) { to = number<pid_t>(v, 2, 1 << 30); };
    };
    const auto count = [](unsigned& to) {
        return [&to](std::string_view v) { to = number(v, 1U, max_conns); };
    };
    const auto seconds = [](double& to, double least) {
        return [&to, least](std::string_view v) { to = number(v, least, max_seconds); };
    };
    const setters with_value{
        {"--port", port(o.port)},
        {"--server-pid", pid(o.server_pid)},
        {"--other-port", port(o.other_port)},
        {"--other-pid", pid(o.other_pid)},
        {"--redis-port", port(o.redis_port)},
        {"--redis-pid", pid(o.redis_pid)},
        {"--users", count(o.users)},
        {"--sockets", count(o.sockets)},
        {"--room-size", count(o.room_size)},
        {"--sessions", count(o.sessions)},
        {"--members", count(o.members)},
        {"--rate", [&](auto v) { o.rate = number(v, 1.0, 100'000.0); }},
        {"--seconds", seconds(o.seconds, 0.1)},
        {"--warmup", seconds(o.warmup, 0)},
    };
    if (argc < 2) throw usage_error("no mode given");
    o.of = parse_service(argv[1]);
    read_arguments(std::span(argv, std::size_t(argc)).subspan(2), with_value, {});
    if (o.port == 0 || o.server_pid == 0) throw usage_error("--port and --server-pid are needed");
    if (o.redis_port == 0 || o.redis_pid == 0)
        throw usage_error("--redis-port and --redis-pid are needed");
    if (o.of == service::clock && (o.other_port == 0 || o.other_pid == 0))
        throw usage_error("--other-port and --other-pid are needed");
    return o;
}

} // namespace sockeye::bench
