#include "admin/commands.hpp"

#include "server_core.hpp"

#include <sockeye/socketio/namespace.hpp>

#include <iterator>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace sockeye::socketio::admin {
namespace {

// `filter`: a room, or the id of a socket, which is a room too; none: the whole namespace.
broadcast_operator reach(server_core& server, const std::string& nsp,
                         const std::optional<std::string>& filter) {
    const auto everyone = namespace_(server.namespaces().of(nsp)).everyone();
    return filter ? everyone.to(*filter) : everyone;
}

// emit(nsp, filter, event, …arguments)
void emit(server_core& server, incoming_event& command) {
    array& said = command.arguments;
    const auto parts = decode_arguments<std::string, std::optional<std::string>, std::string>(
        std::as_const(said), 1);
    if (!parts) throw std::invalid_argument(parts.error().describe("emit"));
    const auto& [nsp, filter, event] = *parts;
    reach(server, nsp, filter)
        .emit_array(
            array(std::make_move_iterator(said.begin() + 3), std::make_move_iterator(said.end())));
}

} // namespace

void add_commands(const socket& to, server_core& server) {
    using filter = std::optional<std::string>;
    to.on("emit", [&server](incoming_event& command) { emit(server, command); });
    to.on("join", [&server](const std::string& nsp, const std::string& room, const filter& who) {
        reach(server, nsp, who).sockets_join(room);
    });
    to.on("leave", [&server](const std::string& nsp, const std::string& room, const filter& who) {
        reach(server, nsp, who).sockets_leave(room);
    });
    to.on("_disconnect", [&server](const std::string& nsp, bool close, const filter& who) {
        reach(server, nsp, who).disconnect_sockets(close);
    });
}

} // namespace sockeye::socketio::admin
