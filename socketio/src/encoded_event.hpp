#pragma once

#include <sockeye/engineio/encoded.hpp>
#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/packet.hpp>
#include <sockeye/socketio/parser.hpp>

#include <boost/container/small_vector.hpp>

namespace sockeye::socketio {

// The messages of a packet: one, unless it has binary.
using outgoing_list = boost::container::small_vector<engineio::outgoing_ptr, 2>;

// What travels to the shards: the packet's messages, and the packet itself for those who listen to
// what is sent.
class encoded_event final : public prepared_event {
public:
    encoded_event(const parser& with, packet from, selection to, const emit_flags& flags,
                  bool has_offset = false);

    [[nodiscard]] const selection& to() const override { return to_; }
    [[nodiscard]] std::size_t bytes() const override { return bytes_; }
    [[nodiscard]] std::size_t packets() const { return messages_.size(); }
    [[nodiscard]] const array& event() const { return packet_.data.as_array(); }
    [[nodiscard]] bool volatile_() const { return volatile_flag_; }
    // Handles for one shard: see engineio::outgoing.
    [[nodiscard]] outgoing_list share() const;
    // The last argument is an offset, for clients that may come back.
    [[nodiscard]] bool has_offset() const { return has_offset_; }
    [[nodiscard]] outgoing_list encode_without_offset() const;

private:
    const parser& parser_;
    packet packet_;
    selection to_;
    bool volatile_flag_;
    bool compress_;
    bool has_offset_;
    std::size_t bytes_ = 0;
    boost::container::small_vector<engineio::encoded_ptr, 1> messages_;
};

// A packet for one socket.
outgoing_list encode_for_one(const parser& with, const packet& from, bool compress = true);

} // namespace sockeye::socketio
