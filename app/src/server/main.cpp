#include "server/realtime_server.hpp"

#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>

namespace {

using namespace sockeye;

// Handled one after the other on the main thread, and nowhere else.
sigset_t handled_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP})
        sigaddset(&set, signal);
    return set;
}

// Zero when the time is over.
int wait_for_signal(const sigset_t& set, app::milliseconds limit) {
    const timespec time{.tv_sec = limit.count() / 1000,
                        .tv_nsec = limit.count() % 1000 * 1'000'000};
    return std::max(sigtimedwait(&set, nullptr, &time), 0);
}

void drain(app::realtime_server& server, const sigset_t& signals, app::milliseconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    server.begin_drain();
    while (!server.drained() && std::chrono::steady_clock::now() < end)
        if (wait_for_signal(signals, app::milliseconds(10)) != 0) return; // a second one: at once
}

void run(const app::server_config& config) {
    const sigset_t signals = handled_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr); // inherited by every thread
    app::realtime_server server(config, engineio::log_to_standard_error);
    const auto port = server.listen();
    server.start();
    std::printf("http://localhost:%u/ (node %s); Ctrl-C stops\n", port, config.node_id.c_str());
    std::fflush(stdout);
    while (wait_for_signal(signals, app::seconds(3600)) == 0)
        ;
    drain(server, signals, config.drain_limit);
    server.stop();
}

} // namespace

int main(int argc, char** argv) {
    try {
        app::server_config config;
        for (int i = 1; i + 1 < argc; i += 2) {
            const std::string_view flag = argv[i];
            if (flag == "--port") config.port = static_cast<unsigned short>(std::stoi(argv[i + 1]));
            if (flag == "--redis-url") config.redis_url = argv[i + 1];
            if (flag == "--page") config.page = argv[i + 1];
            if (flag == "--client-files") config.client_files = argv[i + 1];
        }
        config.node_id = "node-" + std::to_string(getpid());
        run(config);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sockeye-server: %s\n", error.what());
        return 1;
    }
}
