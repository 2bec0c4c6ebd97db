// The library as an echo server, with its defaults, for bench/compare: bench_server --port N
// [--threads N]. One shard unless told otherwise, as the floor and Node have one thread.
#include <sockeye/engineio/server.hpp>

#include <charconv>
#include <cstdio>
#include <exception>
#include <string_view>
#include <sys/resource.h>

namespace {

using namespace sockeye::engineio;

class echo final : public handler {
    void on_message(session& s, std::string_view data, bool binary) override {
        if (binary)
            s.send_binary(data);
        else
            s.send(data);
    }
};

void raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void run(unsigned short port, unsigned threads) {
    raise_descriptor_limit();
    http_server_options http;
    http.threads = threads;
    echo events;
    server s(events, {}, http);
    s.listen(port, "127.0.0.1");
    s.run();
}

} // namespace

int main(int argc, char** argv) {
    unsigned short port = 0;
    unsigned threads = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i], value = argv[i + 1];
        if (name == "--port") std::from_chars(value.begin(), value.end(), port);
        if (name == "--threads") std::from_chars(value.begin(), value.end(), threads);
    }
    try {
        run(port, threads);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "bench_server: %s\n", e.what());
        return 1;
    }
}
