#pragma once

#include <sockeye/engineio/packet.hpp>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sockeye::engineio {

class deflater;

// A packet on its way out exists in two shapes:
//
//   encoded    immutable bytes that may be shared by threads: one per message, whatever the number
//              of recipients. Made by whoever sends, from any thread.
//   outgoing   one shard's handle on a packet, with the forms that recipients of that shard turned
//              out to need (base64, deflated, version 3 binary), each built once, when first asked
//              for. Its count of owners is a plain integer: it never leaves its shard, so that
//              queueing a message for a thousand connections costs no atomic operation.
//
// The bytes are laid out so that the common forms need no work and no copy:
//
//   [ room ][ WebSocket frame header ][ type digit ][ data ]
//            '--------- frame, text packet --------------'
//                                      '- polling text --'
// A binary message has no digit: its version 4 frame is header and data.

struct packet_bytes {
    packet_type type = packet_type::message;
    bool binary = false;
    bool compress = true; // permessage-deflate or an HTTP content coding may be applied
    std::uint8_t frame_offset = 0;
    std::uint32_t size = 0; // of the data, without digit
    const char* start = nullptr;
};

class encoded {
public:
    // Larger messages than 4 GiB - 64 cannot be sent: std::length_error.
    encoded(packet_type type, std::string_view data, bool binary = false, bool compress = true);
    encoded(const encoded&) = delete;
    encoded& operator=(const encoded&) = delete;

    [[nodiscard]] const packet_bytes& bytes() const { return bytes_; }
    [[nodiscard]] std::string_view data() const;

private:
    packet_bytes bytes_;
    std::unique_ptr<char[]> storage_;
};

using encoded_ptr = std::shared_ptr<const encoded>;
encoded_ptr encode_message(std::string_view data, bool binary = false, bool compress = true);

class outgoing;
using outgoing_ptr = boost::intrusive_ptr<const outgoing>;

class outgoing {
public:
    // A packet for one recipient: handle and bytes in a single allocation.
    static outgoing_ptr make(packet_type type, std::string_view data, bool binary = false,
                             bool compress = true);
    // A shard's handle on a packet that other shards may hold too.
    static outgoing_ptr share(encoded_ptr packet);
    // Bytes that are no packet: an HTTP answer, a WebSocket control frame.
    static outgoing_ptr raw(std::string bytes);

    outgoing(const outgoing&) = delete;
    outgoing& operator=(const outgoing&) = delete;

    [[nodiscard]] packet_type type() const { return bytes_.type; }
    [[nodiscard]] bool binary() const { return bytes_.binary; }
    [[nodiscard]] bool compress() const { return bytes_.compress; }
    [[nodiscard]] std::size_t size() const { return bytes_.size; }
    [[nodiscard]] std::string_view data() const;

    // The whole WebSocket frame. The view lives as long as this object.
    [[nodiscard]] std::string_view frame(protocol revision) const;
    // The same, deflated; equal to frame() where deflating does not make it smaller.
    [[nodiscard]] std::string_view deflated_frame(protocol revision, deflater& deflate) const;
    // A text frame, whatever the packet: for clients that cannot take bytes.
    [[nodiscard]] std::string_view text_frame(protocol revision) const;
    // The packet as text: digit and data, or `b`, version 3's digit, and base64.
    [[nodiscard]] std::string_view text_form(protocol revision) const;

private:
    struct forms;
    outgoing(const packet_bytes& bytes, encoded_ptr shared);
    ~outgoing();
    forms& extra() const;
    friend void intrusive_ptr_add_ref(const outgoing* packet) { ++packet->owners_; }
    friend void intrusive_ptr_release(const outgoing* packet);

    packet_bytes bytes_;
    encoded_ptr shared_; // null where the bytes follow this object
    mutable std::unique_ptr<forms> forms_;
    mutable std::uint32_t owners_ = 0;
};

void intrusive_ptr_release(const outgoing* packet);

} // namespace sockeye::engineio
