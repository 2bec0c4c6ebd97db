#pragma once

#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/namespace.hpp>
#include <sockeye/socketio/options.hpp>

#include <functional>
#include <memory>
#include <string>

namespace sockeye::socketio {

class server_core;

// A Socket.IO server. Configure it before listen; afterwards, of() and emitting are possible from
// any thread.
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
    // Shorthands for of("/").
    namespace_ on_connection(std::function<void(socket)> handler);
    template<class... Arguments>
    void emit(std::string_view event, const Arguments&... arguments) {
        of("/").emit(event, arguments...);
    }
    [[nodiscard]] broadcast_operator to(const room_names& rooms) { return of("/").to(rooms); }
    [[nodiscard]] broadcast_operator except(const room_names& rooms) {
        return of("/").except(rooms);
    }

    // Decides about every new client (see engineio::server::allow).
    void allow(engineio::allow_request check);

    [[nodiscard]] engineio::server& engine();
    [[nodiscard]] engineio::http_server& http();
    unsigned short listen(unsigned short port, const std::string& address = {});
    void run();

private:
    std::unique_ptr<engineio::http_server> own_http_;
    std::shared_ptr<server_core> core_;
};

} // namespace sockeye::socketio
