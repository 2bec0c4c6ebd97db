#pragma once

#include <sockeye/engineio/encoded.hpp>
#include <sockeye/engineio/error.hpp>
#include <sockeye/engineio/http.hpp>
#include <sockeye/engineio/options.hpp>

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace sockeye::engineio {

struct send_options {
    bool compress = true;
    // Dropped, and counted, unless the transport could take it this moment.
    bool volatile_ = false;
};

enum class session_status : std::uint8_t {
    open,
    closing, // close() was called; what was sent before is still on its way
    closed,
};

// What the layer above keeps per session; destroyed with it, on its shard.
class session_data {
public:
    virtual ~session_data() = default;
};

// One client, over whatever transport carries it now. Belongs to its shard's thread; valid from
// handler::on_open until handler::on_close has returned.
class session {
public:
    virtual ~session() = default;

    // The id is the session's secret: who knows it can read and write it. See redacted_id for logs.
    [[nodiscard]] virtual const std::string& id() const = 0;
    [[nodiscard]] virtual std::string redacted_id() const = 0;
    [[nodiscard]] virtual protocol revision() const = 0;
    [[nodiscard]] virtual transport_kind transport() const = 0;
    [[nodiscard]] virtual session_status status() const = 0;
    [[nodiscard]] virtual bool upgraded() const = 0;
    [[nodiscard]] virtual unsigned shard() const = 0;

    // The first request of the session, kept for its whole life. An upgrade never replaces it.
    [[nodiscard]] virtual const http_request& request() const = 0;
    // Within handler::on_message: the POST that carried the message, null over WebSocket.
    [[nodiscard]] virtual const http_request* message_request() const = 0;
    [[nodiscard]] virtual std::string remote_address() const = 0; // of the TCP peer
    [[nodiscard]] virtual bool secure() const = 0;                // over TLS

    // Each returns false where the packet was dropped (and counted): session not open, volatile and
    // not writable, or queue full under a policy that drops.
    virtual bool send(std::string_view text, send_options options = {}) = 0;
    virtual bool send_binary(std::string_view bytes, send_options options = {}) = 0;
    // Packets that belong together are kept or dropped together, and nothing comes between them.
    virtual bool send(std::span<const outgoing_ptr> packets, bool volatile_ = false) = 0;
    // Reads what sending is going to need. Whoever sends to thousands calls it for a few of them
    // ahead: that they lie all over the memory then costs the time of one, not of each.
    virtual void look_ahead() const = 0;
    // Calls back once everything sent so far was handed to the operating system; never, if the
    // session ends before.
    virtual void when_sent(std::function<void(transport_kind)> callback) = 0;

    // The transport can take a packet now: nothing waits, and over polling a GET is there.
    [[nodiscard]] virtual bool writable() const = 0;
    [[nodiscard]] virtual std::size_t queued_bytes() const = 0;

    // Lets waiting packets leave first; `discard` does not wait for them.
    virtual void close(bool discard = false) = 0;

    [[nodiscard]] virtual session_data* data() const = 0;
    virtual void set_data(std::unique_ptr<session_data> data) = 0;
};

} // namespace sockeye::engineio
