#pragma once

#include <sockeye/engineio/http_server.hpp>
#include <sockeye/socketio/counters.hpp>
#include <sockeye/socketio/namespace.hpp>
#include <sockeye/socketio/options.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace sockeye::engineio {
class server;
}

namespace sockeye::socketio {

class server_core;

// A regular expression (ECMAScript) that the whole name of a namespace may match, or a part of it:
// `pattern{"^/room-\\d+$"}`.
struct pattern {
    std::string expression;
};

// Decides whether a namespace that a client asks for exists: call `answer` once, now or later, from
// any thread.
using namespace_predicate = std::function<void(const std::string& name, const value& auth,
                                               std::function<void(bool)> answer)>;

// A Socket.IO server. Configure it before listen; afterwards, of() and emitting are possible from
// any thread. What Node offers on `io` for the namespace "/" is here too: on, use, to, emit, …
class server {
public:
    // With threads, ports and HTTP of its own.
    explicit server(server_options options = {}, engineio::http_server_options http = {});
    // Beside other servers and routes on a port.
    explicit server(engineio::http_server& http, server_options options = {});
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // The namespace of that name, made on first use; "chat" is "/chat", "" is "/".
    namespace_ of(std::string name);
    // The parent of namespaces that come into being when clients ask for them: their middlewares
    // and connection handlers are the parent's as of that moment. Parents are asked in the order in
    // which they were added. A pattern that is none: std::invalid_argument.
    namespace_ of(const pattern& names);
    namespace_ of(namespace_predicate allows);
    // Called for every namespace but "/" when it is made, those of patterns included.
    void on_new_namespace(std::function<void(namespace_)> handler);

    // ---- of("/")
    [[nodiscard]] namespace_ sockets() { return of("/"); }
    template<class Function>
    listener on(std::string_view event, Function handler) {
        return of("/").on(event, std::move(handler));
    }
    template<class Function>
    listener once(std::string event, Function handler) {
        return of("/").once(std::move(event), std::move(handler));
    }
    template<class Function>
    listener on_connection(Function handler) {
        return of("/").on_connection(std::move(handler));
    }
    void off(const listener& one) { of("/").off(one); }
    void off(std::string_view event) { of("/").off(event); }
    [[nodiscard]] std::size_t listener_count(std::string_view event) {
        return of("/").listener_count(event);
    }
    template<class Function>
    namespace_ use(Function step) {
        return of("/").use(std::move(step));
    }
    template<class... Arguments>
    void emit(std::string_view event, Arguments&&... arguments) {
        of("/").emit(event, std::forward<Arguments>(arguments)...);
    }
    template<class... Arguments>
    void send(Arguments&&... arguments) {
        of("/").send(std::forward<Arguments>(arguments)...);
    }
    template<class... Arguments>
    pending<array> emit_with_ack(std::string_view event, Arguments&&... arguments) {
        return of("/").emit_with_ack(event, std::forward<Arguments>(arguments)...);
    }
    [[nodiscard]] broadcast_operator everyone() { return of("/").everyone(); }
    [[nodiscard]] broadcast_operator to(const room_names& rooms) { return everyone().to(rooms); }
    [[nodiscard]] broadcast_operator in(const room_names& rooms) { return everyone().to(rooms); }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) {
        return everyone().except(rooms);
    }
    [[nodiscard]] broadcast_operator volatile_() { return everyone().volatile_(); }
    [[nodiscard]] broadcast_operator compress(bool on) { return everyone().compress(on); }
    [[nodiscard]] broadcast_operator local() { return everyone().local(); }
    [[nodiscard]] broadcast_operator timeout(milliseconds limit) {
        return everyone().timeout(limit);
    }
    [[nodiscard]] pending<std::vector<remote_socket>> fetch_sockets() {
        return everyone().fetch_sockets();
    }
    [[nodiscard]] pending<std::vector<std::string>> all_sockets() {
        return everyone().all_sockets();
    }
    void sockets_join(const room_names& rooms) { everyone().sockets_join(rooms); }
    void sockets_leave(const room_names& rooms) { everyone().sockets_leave(rooms); }
    void disconnect_sockets(bool close = false) { everyone().disconnect_sockets(close); }
    template<class... Arguments>
    void server_side_emit(std::string_view event, Arguments&&... arguments) {
        of("/").server_side_emit(event, std::forward<Arguments>(arguments)...);
    }
    template<class... Arguments>
    pending<array> server_side_emit_with_ack(std::string_view event, Arguments&&... arguments) {
        return of("/").server_side_emit_with_ack(event, std::forward<Arguments>(arguments)...);
    }

    // Decides about every new client: `answer` gets nothing, or why it is refused. See
    // engineio::server::allow.
    void allow(std::function<void(const engineio::http_request& request,
                                  std::function<void(std::optional<std::string>)> answer)>
                   check);

    [[nodiscard]] const server_options& options() const;
    [[nodiscard]] socketio_totals counters() const; // engineio's: http().counters()
    [[nodiscard]] engineio::server& engine();
    [[nodiscard]] engineio::http_server& http();
    unsigned short listen(unsigned short port, const std::string& address = {});
    // Runs until close(), SIGINT or SIGTERM.
    void run();
    // The same on threads of its own; returns at once.
    void start();
    // Disconnects every socket with "server shutting down" and closes all connections; then, where
    // this server has its own threads and ports, ends those too, and run() returns. Does not wait.
    void close();

    [[nodiscard]] server_core& core() { return *core_; } // internal

private:
    std::unique_ptr<engineio::http_server> own_http_;
    std::shared_ptr<server_core> core_;
};

} // namespace sockeye::socketio
