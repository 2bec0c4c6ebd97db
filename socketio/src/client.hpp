#pragma once

#include "connect_queue.hpp"
#include "namespace_directory.hpp"

#include <sockeye/engineio/session.hpp>
#include <sockeye/socketio/packet.hpp>
#include <sockeye/socketio/parser.hpp>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

class server_core;
class socket_core;

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
    [[nodiscard]] bool is_version_2() const;
    void send(const packet& what);
    void send(std::span<const engineio::outgoing_ptr> packets, bool volatile_);
    // Must have joined a namespace by then.
    void wait_in(connect_queue& queue, std::chrono::steady_clock::time_point deadline);
    void on_joined() { waiting_.reset(); }
    void forget(const socket_core& gone);
    [[nodiscard]] const std::vector<std::shared_ptr<socket_core>>& sockets() const {
        return sockets_;
    }
    void close_all(); // tells every namespace, then ends the connection

private:
    using namespace_ptr = namespace_directory::namespace_ptr;

    void on_packet(packet& received);
    void connect(packet& request);
    void open_namespace(const std::string& name, value auth);
    void on_opened(const std::string& name, const namespace_ptr& nsp, value auth);
    void join(const namespace_ptr& nsp, value auth);
    void recover(const namespace_ptr& nsp, value auth);
    [[nodiscard]] bool has_room_for(const std::vector<prepared_event_ptr>& missed) const;
    void add_socket(const namespace_ptr& nsp, value auth, restored_session former);
    void refuse(const std::string& nsp, const std::string& message);
    void fail(std::string_view error);
    [[nodiscard]] socket_core* find(std::string_view nsp) const;
    [[nodiscard]] bool is_joining(std::string_view nsp) const;
    void begin_joining(const std::string& nsp);
    void end_joining(std::string_view nsp);

    server_core& server_;
    engineio::session& session_;
    std::unique_ptr<decoder> decoder_;
    std::vector<std::shared_ptr<socket_core>> sockets_; // in the order in which they came
    // Namespaces that somebody has still to be asked about; null if there are none.
    std::unique_ptr<std::vector<std::string>> joining_;
    std::unique_ptr<waiting_client> waiting_; // until it has joined a namespace
    bool just_connected_ = false;             // the last packet was a CONNECT
};

} // namespace sockeye::socketio
