#pragma once

#include <sockeye/engineio/log.hpp>
#include <sockeye/engineio/shards.hpp>
#include <sockeye/socketio/broadcast.hpp>
#include <sockeye/socketio/selection.hpp>
#include <sockeye/socketio/value.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The seam between a namespace and whatever joins servers to a cluster. Both sides are called from
// any thread.
//
//     namespace -> adapter            what the application asks for
//     adapter -> local_namespace      what this server's sockets get of it

namespace sockeye::socketio {

struct recovery_options;

// An event for many, encoded once.
class prepared_event {
public:
    virtual ~prepared_event() = default;
    [[nodiscard]] virtual const selection& to() const = 0;
    [[nodiscard]] virtual std::size_t bytes() const = 0; // as encoded
};
using prepared_event_ptr = std::shared_ptr<const prepared_event>;

// How the clients of a broadcast with acknowledgements answer. Each may be called on any thread.
struct answer_sink {
    std::function<void(std::size_t clients)> asked; // once: how many were
    // Once for each that does: with the first argument, if there is one.
    std::function<void(std::optional<value> answer)> answered;
};

// What outlives a client's connection, so that it can go on where it was.
struct saved_session {
    std::string id;         // the socket's
    std::string private_id; // the secret by which the client asks for it
    std::vector<std::string> rooms;
    value data;
};

enum class recovery_outcome : std::uint8_t {
    recovered,
    unknown_session,  // never there, there no longer, or recovered before
    events_forgotten, // what the client missed is not known (any more), or is too much
};

struct restored_session {
    recovery_outcome outcome = recovery_outcome::unknown_session;
    saved_session session = {};
    std::vector<prepared_event_ptr> missed = {};
};

// A namespace as this server has it: its sockets, on all shards.
class local_namespace {
public:
    // Of whoever counts what waits for the shards: let go of when the last one has done its part.
    using kept_until_done = std::shared_ptr<void>;

    [[nodiscard]] virtual const std::string& name() const = 0;
    [[nodiscard]] virtual engineio::shards& shards() = 0;
    virtual void log(engineio::log_level level, const std::string& line) = 0;

    // With an offset, it becomes the event's last argument: clients give it back to recover.
    [[nodiscard]] virtual prepared_event_ptr
    prepare(array event, selection to, const emit_flags& flags, std::string_view offset) = 0;
    // To all that are meant, on all shards, or on the calling one.
    virtual void deliver(const prepared_event_ptr& what, const kept_until_done& kept) = 0;
    virtual void deliver_here(const prepared_event& what) = 0;
    // Unanswered acknowledgements are given up after the flags' time-out.
    virtual void deliver_with_ack(array event, selection to, const emit_flags& flags,
                                  answer_sink answers) = 0;

    virtual void join(const selection& who, const std::vector<std::string>& rooms,
                      const kept_until_done& kept) = 0;
    virtual void leave(const selection& who, const std::vector<std::string>& rooms,
                       const kept_until_done& kept) = 0;
    virtual void disconnect(const selection& who, bool close, const kept_until_done& kept) = 0;
    virtual void fetch(const selection& who,
                       std::function<void(std::vector<socket_details>)> then) = 0;
    // Whether a socket of this server may be in the room: false only if none is, nor is about to be
    // by a call to join. Only for an adapter that asked for it: see adapter::wants_rooms.
    [[nodiscard]] virtual bool has_room(std::string_view room) const = 0;

    // Another server's event, for the namespace's `on` handlers; where there is none, nobody
    // replies. On a shard's thread.
    virtual void server_side_event(array event, ack_sender reply) = 0;
    // What the server was told about recovery; null: not wanted.
    [[nodiscard]] virtual const recovery_options* recovery() const = 0;
    // Something came from the cluster that is no message: it is counted. On a shard's thread.
    virtual void on_malformed_message() = 0;
    // The adapter had to drop as many messages, from the cluster or for it. On a shard's thread.
    virtual void on_dropped_messages(std::size_t count) = 0;
    // While it is held on to, the namespace and its adapter are there: for whatever reaches an
    // adapter late. Empty while the adapter is made.
    [[nodiscard]] virtual std::weak_ptr<void> lifetime() = 0;

protected:
    ~local_namespace() = default;
};

// Told how an operation on other servers went.
using answers_callback = std::function<void(std::string error, array responses)>;

class adapter {
public:
    virtual ~adapter() = default;

    // The namespace can be called from now on, and, after close, must not be any more.
    virtual void start() {}
    virtual void close() {}

    virtual void broadcast(array event, selection to, const emit_flags& flags) = 0;
    virtual void broadcast_with_ack(array event, selection to, const emit_flags& flags,
                                    answers_callback then) = 0;
    virtual void sockets_join(const selection& who, const emit_flags& flags,
                              const std::vector<std::string>& rooms) = 0;
    virtual void sockets_leave(const selection& who, const emit_flags& flags,
                               const std::vector<std::string>& rooms) = 0;
    virtual void disconnect_sockets(const selection& who, const emit_flags& flags, bool close) = 0;
    virtual void fetch_sockets(const selection& who, const emit_flags& flags,
                               std::function<void(outcome<std::vector<socket_details>>)> then) = 0;
    virtual void server_side_emit(array event) = 0;
    virtual void server_side_emit_with_ack(array event, answers_callback then) = 0;
    virtual void server_count(std::function<void(outcome<std::size_t>)> then) = 0;

    // Whether on_room is to be called, and has_room to be known: rooms cost nothing more otherwise.
    [[nodiscard]] virtual bool wants_rooms() const { return false; }
    // The first socket of this server is in a room, or the last one has left. In order, room by
    // room.
    virtual void on_room(std::string_view /*room*/, bool /*exists*/) {}

    // Whether connections can be recovered: then the next two are called, and events to single
    // sockets go through broadcast.
    [[nodiscard]] virtual bool recovers() const { return false; }
    virtual void persist_session(saved_session) {}
    // On the shard of the client that comes back; `then` must be called there. What is delivered
    // to the session's rooms after that call reaches the client without the adapter's doing.
    virtual void restore_session(const std::string& /*private_id*/, const std::string& /*offset*/,
                                 std::function<void(restored_session)> then) {
        then({});
    }
};

// Makes the adapter of a namespace, which outlives it.
using adapter_factory = std::function<std::unique_ptr<adapter>(local_namespace&)>;

} // namespace sockeye::socketio
