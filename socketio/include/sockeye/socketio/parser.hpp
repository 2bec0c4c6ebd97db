#pragma once

#include <sockeye/socketio/packet.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

/// One Engine.IO message.
struct wire_message {
    std::string data;
    bool binary = false;

    bool operator==(const wire_message&) const = default;
};

/// What a packet from a client may contain. The Engine.IO layer has bounded each message already;
/// these bound what a small message may grow into, and what several may add up to.
struct parser_limits {
    /// More are refused by the JavaScript parsers too, on either side.
    std::size_t max_attachments = 10;
    /// Of one packet, together: they wait in memory until the last one has come.
    std::size_t max_attachment_bytes = 16 * 1024 * 1024;
    std::size_t max_namespace_length = 512;
    /// Arrays and objects within each other, the packet's own array included.
    std::size_t max_depth = 100;
    /// Values and keys of one packet. Each takes 40 bytes or more, but may have been sent as two.
    std::size_t max_elements = 250'000;
    /// An object may name a key twice; the last one counts, as in JavaScript.
    bool repeated_keys = true;
};

enum class decode_status : std::uint8_t {
    need_more, // the packet's attachments are still to come
    packet,    // the packet is complete
    error,     // the client broke the protocol: close its connection
};

struct decode_result {
    decode_status status = decode_status::need_more;
    /// The text that a Node server reports. Valid until the decoder's next call.
    std::string_view error{};
};

/// Puts one client's packets together. After an error it must be reset or thrown away.
class decoder {
public:
    virtual ~decoder() = default;
    /// Takes the next message of the client. `into` is written only if a packet is complete.
    virtual decode_result add(std::string_view data, bool binary, packet& into) = 0;
    /// Forgets a packet that is not complete.
    virtual void reset() = 0;

    decoder(const decoder&) = delete;
    decoder& operator=(const decoder&) = delete;

protected:
    decoder() = default;
};

/// Takes what a packet is written as.
class message_sink {
public:
    /// The view lives until the call returns. Nothing may be encoded meanwhile.
    virtual void add(std::string_view data, bool binary) = 0;

protected:
    ~message_sink() = default;
};

/// How packets are written and read, chosen for a server as a whole: its clients must be set to the
/// same. One parser serves all shards, so its members may be called from any thread, at once.
class parser {
public:
    virtual ~parser() = default;
    /// Gives away the packet's messages, which must reach the client in this order with nothing in
    /// between.
    virtual void encode(const packet& from, message_sink& into) const = 0;
    /// The same, kept.
    [[nodiscard]] std::vector<wire_message> encode(const packet& from) const;
    /// A decoder for one connection. It may not outlive the parser.
    [[nodiscard]] virtual std::unique_ptr<decoder> make_decoder() const = 0;

    parser(const parser&) = delete;
    parser& operator=(const parser&) = delete;

protected:
    parser() = default;
};

/// Text with JSON, followed by one message for each binary: what every client speaks.
std::shared_ptr<const parser> default_parser(const parser_limits& limits = {});

/// The format of the npm package socket.io-msgpack-parser: one binary message a packet.
std::shared_ptr<const parser> msgpack_parser(const parser_limits& limits = {});

} // namespace sockeye::socketio
