#pragma once

#include <sockeye/socketio/adapter.hpp>

namespace sockeye::socketio {

// There are no other servers: whatever is asked for is asked of the local sockets.
class solitary_adapter : public adapter {
public:
    explicit solitary_adapter(local_namespace& local) : local_(local) {}

    void broadcast(array event, selection to, const emit_flags& flags) override;
    void broadcast_with_ack(array event, selection to, const emit_flags& flags,
                            answers_callback then) override;
    void sockets_join(const selection& who, const emit_flags& flags,
                      const std::vector<std::string>& rooms) override;
    void sockets_leave(const selection& who, const emit_flags& flags,
                       const std::vector<std::string>& rooms) override;
    void disconnect_sockets(const selection& who, const emit_flags& flags, bool close) override;
    void fetch_sockets(const selection& who, const emit_flags& flags,
                       std::function<void(outcome<std::vector<socket_details>>)> then) override;
    void server_side_emit(array event) override;
    void server_side_emit_with_ack(array event, answers_callback then) override;
    void server_count(std::function<void(outcome<std::size_t>)> then) override;

protected:
    [[nodiscard]] local_namespace& local() { return local_; }

private:
    local_namespace& local_;
};

} // namespace sockeye::socketio
