#pragma once

#include "client_files.hpp"
#include "connect_queue.hpp"
#include "namespace_directory.hpp"
#include "observer.hpp"

#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/counters.hpp>
#include <sockeye/socketio/event_handler.hpp>
#include <sockeye/socketio/options.hpp>
#include <sockeye/socketio/server.hpp>

#include <atomic>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::socketio {

std::string describe(const std::exception_ptr& what);

// A Socket.IO server: what its namespaces share.
class server_core final : public engineio::handler,
                          public failure_report,
                          public std::enable_shared_from_this<server_core> {
public:
    server_core(engineio::http_server& http, server_options options);

    [[nodiscard]] const server_options& options() const { return options_; }
    [[nodiscard]] const parser& packets() const { return *options_.parser; }
    [[nodiscard]] engineio::server& engine() { return engine_; }
    [[nodiscard]] engineio::shards& shards() { return shards_; }
    [[nodiscard]] namespace_directory& namespaces() { return namespaces_; }
    [[nodiscard]] std::unique_ptr<adapter> make_adapter(local_namespace& of) const;
    void log(engineio::log_level level, const std::string& line);

    // Runs `task` on the shard: now, if this is its thread, else soon.
    void run_on(unsigned shard, std::function<void()> task);
    // The client of that session, if it is still there; on its shard.
    [[nodiscard]] client* find_client(std::string_view session_id);

    // Calls a handler. Wrong arguments and exceptions are answered, counted and logged.
    void call(event_handler& called, incoming_event& event, std::string_view of);
    // Counts and logs what a handler has thrown.
    void on_failure(std::string_view of, std::string_view event, const std::exception_ptr& what);
    std::function<void(std::exception_ptr)> of_handler(std::string_view event) override;

    void close(); // every socket, and every connection
    void close_adapters();
    // Ahead of listen; null at first.
    void observe(std::unique_ptr<observer> sees) { observer_ = std::move(sees); }
    [[nodiscard]] observer* observed_by() const { return observer_.get(); }

    [[nodiscard]] socketio_counters& counters(unsigned shard) { return counters_[shard]; }
    [[nodiscard]] socketio_counters& counters() { return counters_[shards_.current()]; }
    void count_shared_encode() { shared_encodes_.fetch_add(1, std::memory_order_relaxed); }
    [[nodiscard]] socketio_totals totals() const;

private:
    server_core(engineio::http_server& http, std::vector<client_file> files,
                server_options options);

    // engineio::handler
    void on_open(engineio::session& s) override;
    void on_message(engineio::session& s, std::string_view data, bool binary) override;
    void on_close(engineio::session& s, engineio::close_reason why,
                  std::string_view detail) override;
    void on_stopping() override;
    void on_upgrade(engineio::session& s, engineio::transport_kind to) override;
    void on_packet(engineio::session& s, const engineio::packet_view& packet) override;
    void on_packet_create(engineio::session& s, const engineio::outgoing& packet) override;

    void watch_connect_timeout(client& newcomer, unsigned shard);
    void close_idle_clients(unsigned shard);

    const server_options options_;
    engineio::shards& shards_;
    std::vector<socketio_counters> counters_; // one a shard
    std::atomic<std::uint64_t> shared_encodes_ = 0;
    engineio::server engine_;
    std::vector<connect_queue> waiting_; // one a shard, oldest first
    std::atomic<std::size_t> stopped_shards_ = 0;
    namespace_directory namespaces_;
    std::unique_ptr<observer> observer_; // ends before what it looks at
};

} // namespace sockeye::socketio
