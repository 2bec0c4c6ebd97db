#pragma once

#include "io/application_route.hpp"
#include "io/connection.hpp"
#include "io/http_connection.hpp"
#include "io/listener.hpp"
#include "io/own_loops.hpp"
#include "io/shard.hpp"
#include "io/tls.hpp"

#include <sockeye/engineio/http_server.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/intrusive/list.hpp>

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

namespace sockeye::engineio {

class server_impl;

// How many connections there are, in all and per address. Shared by the shards; asked when a
// connection comes or goes, not on the message path.
class connection_limits {
public:
    enum class verdict : std::uint8_t { admitted, too_many, too_many_from_address };

    connection_limits(std::size_t max, std::size_t max_per_address)
        : max_(max), max_per_address_(max_per_address) {}
    verdict admit(const peer_address& peer);
    void overdraw(const peer_address& peer); // one that is refused, for as long as it is told so
    void release(const peer_address& peer);
    [[nodiscard]] std::size_t count() const { return count_.load(std::memory_order_relaxed); }

private:
    const std::size_t max_;
    const std::size_t max_per_address_;
    std::atomic<std::size_t> count_ = 0;
    std::mutex mutex_; // held for a few lines, never across a call
    std::unordered_map<peer_address, std::size_t, peer_address::hash> per_address_;
};

class http_server_impl final : public shards,
                               public std::enable_shared_from_this<http_server_impl>,
                               private request_router,
                               private connection_keeper {
public:
    http_server_impl(http_server_options options, asio::io_context* context);
    ~http_server_impl() override;

    void add(std::shared_ptr<server_impl> server) { servers_.push_back(std::move(server)); }
    void set_route(std::function<void(http_exchange)> handler) { route_.set(std::move(handler)); }
    void set_log(logger sink) { log_ = std::move(sink); }

    unsigned short listen(unsigned short port, const std::string& address);
    void run();
    void start();
    void stop(milliseconds limit);
    void stop_listening();
    void request_stop(milliseconds limit);
    void end_now(); // on the context's thread, or with none running
    void reload_certificates();
    [[nodiscard]] counter_totals totals() const;

    [[nodiscard]] unsigned shard_count() const { return static_cast<unsigned>(shards_.size()); }
    [[nodiscard]] shard& shard_at(unsigned index) { return *shards_[index]; }
    void log(log_level level, std::string_view line) const;

    // shards
    unsigned size() const override { return shard_count(); }
    unsigned current() const override;
    void post(unsigned shard, std::function<void()> task) override;
    void post_after(unsigned shard, milliseconds delay, std::function<void()> task) override;
    void set_timer(timed& entry, milliseconds delay) override;
    void cancel_timer(timed& entry) override;

private:
    using connection_list = boost::intrusive::list<connection>;

    // request_router
    void on_request(http_connection& from) override;
    // connection_keeper
    void opened(connection& c) override;
    void closed(connection& c) override;
    void move(connection& c, shard& target, connection_in_transit what) override;

    void on_accepted(int descriptor, const peer_address& peer);
    void on_accept_failed(const error_code& ec);
    void take(connection_in_transit what, shard& home, time_point accepted);
    connection_ptr make_connection(connection_in_transit& what, shard& home);
    void refuse(int descriptor, connection_limits::verdict why, const peer_address& peer);
    void forget(connection& c);
    void for_each_connection(shard& home, const std::function<void(connection&)>& visit);
    [[nodiscard]] std::shared_ptr<tls_context> tls();

    void run_context(unsigned index);
    void wait_ended();
    void close_listeners();
    void begin_stop(milliseconds limit);
    void close_sessions(shard& home);
    void finish_stop();
    void end_shard(shard& home);

    const http_server_options options_;
    application_route route_;
    logger log_;
    std::vector<std::shared_ptr<server_impl>> servers_; // constant once it listens

    own_loops own_loops_; // none on an application's
    std::vector<std::shared_ptr<shard>> shards_;
    std::vector<connection_list> connections_; // each belongs to its shard's thread
    std::vector<asio::executor_work_guard<executor>> work_;
    std::vector<std::thread> threads_;

    std::vector<std::shared_ptr<listener>> listeners_; // of shard 0's thread
    unsigned next_shard_ = 0;                          // likewise
    std::size_t refusals_ = 0;                         // likewise
    time_point next_complaint_;                        // likewise
    connection_limits limits_;

    std::mutex tls_mutex_;
    std::shared_ptr<tls_context> tls_; // guarded by tls_mutex_

    std::optional<steady_timer> stop_timer_; // of shard 0's thread
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> finishing_ = false;
    std::atomic<unsigned> shards_left_ = 0;
    std::mutex run_mutex_;
    std::condition_variable run_ended_;
    bool started_ = false;                // guarded by run_mutex_
    bool ended_ = false;                  // guarded by run_mutex_
    asio::io_context* waiting_ = nullptr; // run() waits in it; guarded by run_mutex_
};

} // namespace sockeye::engineio
