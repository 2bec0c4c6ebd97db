#include "solitary_adapter.hpp"

#include "ack_collector.hpp"

#include <utility>

namespace sockeye::socketio {

void solitary_adapter::broadcast(array event, selection to, const emit_flags& flags) {
    local_.deliver(local_.prepare(std::move(event), std::move(to), flags, {}), {});
}

void solitary_adapter::broadcast_with_ack(array event, selection to, const emit_flags& flags,
                                          answers_callback then) {
    collect_locally(local_, std::move(event), std::move(to), flags, std::move(then));
}

void solitary_adapter::sockets_join(const selection& who, const emit_flags&,
                                    const std::vector<std::string>& rooms) {
    local_.join(who, rooms, {});
}

void solitary_adapter::sockets_leave(const selection& who, const emit_flags&,
                                     const std::vector<std::string>& rooms) {
    local_.leave(who, rooms, {});
}

void solitary_adapter::disconnect_sockets(const selection& who, const emit_flags&, bool close) {
    local_.disconnect(who, close, {});
}

void solitary_adapter::fetch_sockets(
    const selection& who, const emit_flags&,
    std::function<void(outcome<std::vector<socket_details>>)> then) {
    local_.fetch(who, [then = std::move(then)](std::vector<socket_details> found) {
        then({{}, std::move(found)});
    });
}

void solitary_adapter::server_side_emit(array) {
    local_.log(
        engineio::log_level::warning,
        "server_side_emit reaches nobody: this server has no adapter that joins it to others");
}

void solitary_adapter::server_side_emit_with_ack(array event, answers_callback then) {
    server_side_emit(std::move(event));
    then({}, {});
}

void solitary_adapter::server_count(std::function<void(outcome<std::size_t>)> then) {
    then({{}, 1});
}

} // namespace sockeye::socketio
