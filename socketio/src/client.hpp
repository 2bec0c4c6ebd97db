#pragma once

#include <sockeye/engineio/session.hpp>
#include <sockeye/socketio/packet.hpp>
#include <sockeye/socketio/parser.hpp>

#include <memory>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

class server_core;
class socket_core;
class namespace_core;

// One Engine.IO session, and the namespaces that share it: takes packets apart and hands them to
// their sockets. Lives with its session, on that one's thread.
class client final : public engineio::session_data {
public:
    client(server_core& server, engineio::session& session);
    ~client() override;

    void on_message(std::string_view data, bool binary);
    void on_close(std::string_view reason, std::string_view detail);
    void on_connect_timeout();
    void join_main_namespace(); // of a client that speaks version 3 of Engine.IO

    [[nodiscard]] server_core& server() { return server_; }
    [[nodiscard]] engineio::session& session() { return session_; }
    void send(const packet& what);
    void forget(const socket_core& gone);
    void close_all(); // tells every namespace, then ends the connection

private:
    void on_packet(packet& received);
    void connect(packet& request);
    void join(std::shared_ptr<namespace_core> nsp, value auth);
    void refuse(const std::string& nsp, const std::string& message);
    void fail(std::string_view error);
    [[nodiscard]] socket_core* find(std::string_view nsp) const;

    server_core& server_;
    engineio::session& session_;
    std::unique_ptr<decoder> decoder_;
    std::vector<std::shared_ptr<socket_core>> sockets_; // in the order in which they came
    bool joined_ = false;                               // some namespace, once
    bool just_connected_ = false;                       // the last packet was a CONNECT
};

} // namespace sockeye::socketio
