#pragma once

#include <sockeye/adapter_redis/pubsub.hpp>
#include <sockeye/adapter_redis/redis_client.hpp>
#include <sockeye/adapter_redis/streams_adapter.hpp>
#include <sockeye/socketio/cluster_message.hpp>
#include <sockeye/socketio/emission.hpp>
#include <sockeye/socketio/selection.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace sockeye::adapter_redis {

using socketio::room_names;

// Speaks to the clients of a cluster, and to its servers, without being one: for a program that
// has something to say and no clients of its own. A value, built step by step, as the operators of
// a server; it may be kept and used again, from any thread.
//
//     const auto io = classic_emitter(redis);
//     io.of("/chat").to("room").emit("news", 1, "two");
//
// There are no answers: Redis does not tell whether anybody has heard.
class emitter {
public:
    // How the format of an adapter takes a message to its servers.
    using publisher = std::function<void(const socketio::cluster_message&)>;
    explicit emitter(publisher publish);

    // The main namespace, `/`, if none is chosen. The slash in front may be left out.
    [[nodiscard]] emitter of(std::string_view nsp) const;
    [[nodiscard]] emitter to(const room_names& rooms) const;
    [[nodiscard]] emitter in(const room_names& rooms) const { return to(rooms); }
    [[nodiscard]] emitter except(const room_names& rooms) const;
    [[nodiscard]] emitter volatile_() const;
    [[nodiscard]] emitter compress(bool on) const;

    // Throws std::invalid_argument for a reserved event name.
    template<class... Arguments>
    void emit(std::string_view event, Arguments&&... arguments) const {
        emit_array(socketio::to_array(event, std::forward<Arguments>(arguments)...));
    }
    void emit_array(socketio::array event) const;

    void sockets_join(const room_names& rooms) const;
    void sockets_leave(const room_names& rooms) const;
    void disconnect_sockets(bool close = false) const;

    // To the servers, whatever rooms were chosen. Throws std::invalid_argument for a reserved event
    // name, and for a callback: nobody can answer.
    template<class... Arguments>
    void server_side_emit(std::string_view event, Arguments&&... arguments) const {
        if constexpr (socketio::detail::ends_with_callback<std::remove_cvref_t<Arguments>...>)
            throw std::invalid_argument("Acknowledgements are not supported");
        else
            server_side_emit_array(
                socketio::to_array(event, std::forward<Arguments>(arguments)...));
    }
    void server_side_emit_array(socketio::array event) const;

private:
    void say(socketio::cluster_message::content what) const;

    std::shared_ptr<const publisher> publish_;
    std::string nsp_ = "/";
    socketio::selection to_;
    socketio::emit_flags flags_;
};

// For servers with the classic adapter, of sockeye and of Node: what @socket.io/redis-emitter is.
// `key` is the adapters'.
emitter classic_emitter(std::shared_ptr<pubsub> bus, const std::string& key = "socket.io");
// For servers with the streams adapter: what @socket.io/redis-streams-emitter is. With several
// streams, the namespace's is chosen as the adapters do.
emitter streams_emitter(std::shared_ptr<redis_client> link, const streams_options& options = {});

} // namespace sockeye::adapter_redis
