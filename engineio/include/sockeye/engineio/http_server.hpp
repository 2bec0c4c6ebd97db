#pragma once

#include <sockeye/engineio/counters.hpp>
#include <sockeye/engineio/http.hpp>
#include <sockeye/engineio/log.hpp>
#include <sockeye/engineio/options.hpp>
#include <sockeye/engineio/shards.hpp>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace boost::asio {
class io_context;
}

namespace sockeye::engineio {

class http_server_impl;

// A request of the application's own routes, waiting for its answer. May be kept, copied, and
// answered from any thread; the first answer counts.
class http_exchange {
public:
    [[nodiscard]] const http_request& request() const;
    [[nodiscard]] std::string_view body() const;
    [[nodiscard]] std::string remote_address() const;
    [[nodiscard]] bool secure() const;
    void respond(http_response response) const;

    struct state; // internal
    explicit http_exchange(std::shared_ptr<state> s);

private:
    std::shared_ptr<state> state_;
};

// Threads, listening sockets and TLS. Engine.IO servers attach to it at their paths (server.hpp);
// what is none of theirs goes to the application's route. Functions may be called from any thread,
// but configuration (route, log, attaching servers) only before listen.
class http_server {
public:
    explicit http_server(http_server_options options = {});
    // One shard on the application's own context, which the application runs.
    http_server(boost::asio::io_context& context, http_server_options options = {});
    ~http_server(); // stops at once where stop() has not been called
    http_server(const http_server&) = delete;
    http_server& operator=(const http_server&) = delete;

    // Answers what is not Engine.IO's. Default: 404 with an empty body.
    void route(std::function<void(http_exchange)> handler);
    void log(logger sink);
    void write_log(log_level level, std::string_view line) const; // for layers above

    // Returns the port, which the system chooses where 0 is asked for. Without an address: all,
    // IPv6 and IPv4; "localhost": both loopback addresses. Throws std::system_error.
    unsigned short listen(unsigned short port, const std::string& address = {});

    // Runs until stop(), or until SIGINT or SIGTERM: then it drains (see stop); a second signal
    // ends it at once.
    void run();
    // The same on threads of its own; returns at once and does not handle signals.
    void start();
    // Stops accepting, closes every session, waits until their last words are out, `limit` at the
    // most, then ends the threads; returns when all is over. Safe to call twice; not from a
    // handler: see request_stop. On an application's context it only begins the stop, since nothing
    // happens there but what the context runs; with no time at all it is over at once, but then has
    // to be called on the context's thread, or with none running it.
    void stop(milliseconds limit = seconds(5));
    // No new connections; those that are there go on. The first part of a stop that takes its time.
    void stop_listening();
    // Begins a stop and returns; run() returns when it is over.
    void request_stop(milliseconds limit = seconds(5));

    // Reads certificate and key again. New connections use them; existing ones go on. Throws
    // std::system_error, and keeps the old ones, where they cannot be used.
    void reload_certificates();

    [[nodiscard]] counter_totals counters() const;
    [[nodiscard]] class shards& shards();
    // A shard's event loop, for what is to share its thread, until this object ends.
    [[nodiscard]] boost::asio::io_context& loop(unsigned shard);

    [[nodiscard]] http_server_impl& impl() { return *impl_; } // for server.cpp

private:
    std::shared_ptr<http_server_impl> impl_;
};

} // namespace sockeye::engineio
