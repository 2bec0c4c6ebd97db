#pragma once

#include "namespace_core.hpp"

#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/options.hpp>
#include <sockeye/socketio/server.hpp>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::socketio {

class client;

// A Socket.IO server: what its namespaces share.
class server_core final : public engineio::handler,
                          public std::enable_shared_from_this<server_core> {
public:
    server_core(engineio::http_server& http, server_options options);

    std::shared_ptr<namespace_core> of(std::string name);
    [[nodiscard]] std::shared_ptr<namespace_core> find(std::string_view name);

    [[nodiscard]] const server_options& options() const { return options_; }
    [[nodiscard]] const parser& packets() const { return *options_.parser; }
    [[nodiscard]] engineio::server& engine() { return engine_; }
    [[nodiscard]] engineio::shards& shards() { return shards_; }
    void log(engineio::log_level level, const std::string& line);

    // Runs `task` on the shard: now, if this is its thread, else soon.
    void run_on(unsigned shard, std::function<void()> task);

private:
    struct waiting_client {
        std::chrono::steady_clock::time_point deadline;
        std::string session_id;
    };

    void on_open(engineio::session& s) override;
    void on_message(engineio::session& s, std::string_view data, bool binary) override;
    void on_close(engineio::session& s, engineio::close_reason why,
                  std::string_view detail) override;

    void watch_connect_timeout(engineio::session& s);
    void close_idle_clients(unsigned shard);

    const server_options options_;
    engineio::shards& shards_;
    engineio::server engine_;
    std::vector<std::deque<waiting_client>> waiting_; // each of its shard's thread
    std::mutex mutex_;                                // held for a look-up, never across a call
    std::unordered_map<std::string, std::shared_ptr<namespace_core>> namespaces_; // by mutex_
};

} // namespace sockeye::socketio
