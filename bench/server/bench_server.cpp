// The library with its defaults, for bench/compare and bench/cluster:
//
//     bench_server --port N [--threads N] [--redis URL]
//
// One shard unless told otherwise, as the floor and Node have one thread; with a Redis, one of a
// cluster.
//
// At /engine.io/ every message is sent back. At /socket.io/, `echo` is acknowledged with its
// arguments, `join` joins a room, and `cast` is sent to all of a room.
#include <sockeye/adapter_redis/classic_adapter.hpp>
#include <sockeye/adapter_redis/redis_link.hpp>
#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/server.hpp>

#include <charconv>
#include <cstdio>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <sys/resource.h>
#include <utility>

namespace {

namespace eio = sockeye::engineio;
namespace sio = sockeye::socketio;
using namespace sockeye::adapter_redis;

class echo final : public eio::handler {
    void on_message(eio::session& s, std::string_view data, bool binary) override {
        if (binary)
            s.send_binary(data);
        else
            s.send(data);
    }
};

void answer(sio::incoming_event& echo) {
    echo.arguments.erase(echo.arguments.begin()); // its name
    echo.reply.send(std::move(echo.arguments));
}

// cast(room, …arguments): everyone in the room gets `cast` with the arguments.
void pass_on(sio::server& io, sio::incoming_event& cast) {
    if (cast.arguments.size() < 2 || !cast.arguments[1].is_string()) return;
    const std::string room = std::move(cast.arguments[1].as_string());
    cast.arguments.erase(cast.arguments.begin() + 1);
    io.to(room).emit_array(std::move(cast.arguments));
}

void welcome(sio::server& io, const sio::socket& s) {
    s.on("echo", answer);
    s.on("join", [s](const std::string& room, const sio::ack<bool>& done) {
        s.join(room);
        done(true);
    });
    s.on("cast", [&io](sio::incoming_event& cast) { pass_on(io, cast); });
}

void raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

sio::server_options joined_by(const std::string& redis) {
    sio::server_options options;
    if (redis.empty()) return options;
    const auto link = std::make_shared<redis_link>(parse_redis_url(redis));
    options.adapter = classic_adapter(link);
    return options;
}

void run(unsigned short port, unsigned threads, const std::string& redis) {
    raise_descriptor_limit();
    eio::http_server http({.threads = threads});
    echo events;
    const eio::server engine(http, events);
    sio::server io(http, joined_by(redis));
    io.on_connection([&io](const sio::socket& s) { welcome(io, s); });
    http.listen(port, "127.0.0.1");
    http.run();
}

} // namespace

int main(int argc, char** argv) {
    unsigned short port = 0;
    unsigned threads = 1;
    std::string redis;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i], value = argv[i + 1];
        if (name == "--port") std::from_chars(value.begin(), value.end(), port);
        if (name == "--redis") redis = value;
        if (name == "--threads") std::from_chars(value.begin(), value.end(), threads);
    }
    try {
        run(port, threads, redis);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "bench_server: %s\n", e.what());
        return 1;
    }
}
