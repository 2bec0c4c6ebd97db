#pragma once

#include "names.hpp"
#include "server/latency_histogram.hpp"

#include <sockeye/app/context.hpp>
#include <sockeye/socketio/socket.hpp>

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

namespace sockeye::app {

/// What went wrong, as clients are told: `{ code, message, … }`. What is our fault is logged, and
/// told without details.
socketio::object error_object(const std::exception_ptr& error, const std::string& request,
                              const context& on);

/// The request's argument as a struct with `fields()`; throws BAD_REQUEST.
template<class T>
T read(const socketio::value& argument) {
    auto read_value = socketio::from_value<T>(argument);
    if (!read_value) throw service_error("BAD_REQUEST", read_value.error().describe("the request"));
    return *std::move(read_value);
}

/// What a number in a request may be, and what it is where the request does not say.
struct number_rule {
    const char* name;
    std::int64_t least = 0;
    std::int64_t most = std::numeric_limits<std::int64_t>::max();
    std::int64_t otherwise = 0;
};
/// Throws BAD_REQUEST.
std::uint64_t checked_number(const number_rule& rule, std::optional<std::int64_t> given);

/// Throws BAD_REQUEST for an event that no client may send to another: the server's own have a ':'.
const std::string& checked_event(const std::string& name);

/// The user that the socket is bound to; throws UNAUTHENTICATED.
std::string user_of(const socketio::socket& s);

/// The connection that is to take part in something until it ends. Throws UNAVAILABLE where it has
/// ended while the request was on its way: nobody would take it out again. On the socket's own
/// thread, with nothing to wait for between this and the service that is given it.
const std::string& connection_of(const socketio::socket& s);

/// Clients' requests: events that are acknowledged with `{ ok: true, … }` or `{ ok: false, error
/// }`.
class requests {
public:
    using handler = std::function<task<socketio::object>(socketio::value argument)>;
    /// Answers by itself, at the moment and on the thread that it chooses; the first answer counts.
    /// If it lets go of `done` without one, the client is told INTERNAL.
    using answer = std::function<void(socketio::object)>;
    using answering_handler = std::function<task<>(socketio::value argument, answer done)>;
    /// Lets a request pass, or throws.
    using gate = std::function<task<>(socketio::socket from)>;

    requests(const context& on, gate admits) : on_(on), admits_(std::move(admits)) {}

    /// Handlers may be coroutines with captures: they are kept while they run.
    void on(const socketio::socket& from, const std::string& event, handler handle);
    void on(const socketio::socket& from, const std::string& event, answering_handler handle);

    [[nodiscard]] const latency_histogram& latency() const { return latency_; }
    [[nodiscard]] std::uint64_t failed() const { return failed_; }

private:
    task<> serve(std::string event, std::shared_ptr<answering_handler> handle,
                 socketio::socket from, socketio::value argument, socketio::ack_sender reply);
    task<> admit_and_handle(std::shared_ptr<answering_handler> handle, socketio::socket from,
                            socketio::value argument, answer done);

    const context on_;
    const gate admits_;
    latency_histogram latency_;
    std::atomic<std::uint64_t> failed_ = 0;
};

} // namespace sockeye::app
