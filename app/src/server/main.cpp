#include "server/realtime_server.hpp"

#include <sockeye/app/logging.hpp>

#include <csignal>
#include <cstdio>
#include <ctime>
#include <exception>
#include <unistd.h>
#include <utility>

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
    server.begin_drain(limit);
    while (!server.drained() && std::chrono::steady_clock::now() < end)
        if (wait_for_signal(signals, app::milliseconds(10)) != 0) return; // a second one: at once
}

// A reload that fails leaves everything as it was.
void reload(app::realtime_server& server, app::server_config& config,
            const app::config_sources& sources, app::log_writer& log) {
    using enum engineio::log_level;
    try {
        const auto changed = app::reload_config(config, sources);
        server.reload(changed.settings);
        config = changed.settings;
        log.level(config.level);
        for (const auto& name : changed.need_restart)
            log.write(warning, "reload: " + name + " stays as it was until a restart");
        log.write(info, "reload: done");
    } catch (const std::exception& error) {
        log.write(engineio::log_level::error,
                  std::string("reload: nothing has changed: ") + error.what());
    }
}

void run(app::server_config config, const app::config_sources& sources) {
    const sigset_t signals = handled_signals();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr); // inherited by every thread
    app::log_writer log({.level = config.level, .format = config.format, .node = config.node_id});
    app::realtime_server server(config, log.logger());
    server.start();
    const auto port = server.listen();
    std::printf("http://localhost:%u/ (node %s); Ctrl-C stops\n", port, config.node_id.c_str());
    std::fflush(stdout);
    for (int signal = 0; signal != SIGINT && signal != SIGTERM;) {
        signal = wait_for_signal(signals, app::seconds(3600));
        if (signal == SIGHUP) reload(server, config, sources, log);
    }
    drain(server, signals, config.drain_limit);
    server.stop();
}

} // namespace

int main(int argc, char** argv) {
    try {
        const auto sources = app::sources_of(argc, argv, environ);
        auto loaded = app::load_config(sources);
        if (loaded.answer) {
            std::fputs(loaded.answer->c_str(), stdout);
            return 0;
        }
        if (loaded.settings.node_id.empty()) loaded.settings.node_id = app::unique_node_id();
        run(std::move(loaded.settings), sources);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "sockeye-server: %s\n", error.what());
        return 1;
    }
}
