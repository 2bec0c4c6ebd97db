#pragma once

#include "codec/packet_memory.hpp"

#include <sockeye/engineio/encoded.hpp>

#include <cstddef>
#include <string_view>
#include <sys/uio.h>
#include <vector>

namespace sockeye::engineio {

struct queued_packet {
    outgoing_ptr owner;
    std::string_view bytes; // of the owner: what is to be written
    bool continues;         // belongs to the packet before it
};
using packet_list = std::vector<queued_packet, packet_allocator<queued_packet>>;

// What waits to leave: references, never copies. Packets that belong together form a group, which
// is dropped whole or not at all. An empty queue owns no memory.
class output_queue {
public:
    output_queue() = default;
    output_queue(const output_queue&) = delete;
    output_queue& operator=(const output_queue&) = delete;

    [[nodiscard]] bool empty() const { return head_ == chunks_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t size() const { return chunks_.size() - head_; }

    void push(outgoing_ptr owner, std::string_view bytes, bool continues = false);

    // Fills `parts` with what is to be written next; returns how many were filled.
    [[nodiscard]] unsigned gather(iovec* parts, unsigned max) const;
    void look_ahead() const { __builtin_prefetch(chunks_.data() + head_); }
    // So many bytes have been written.
    void consume(std::size_t written);

    // Removes the oldest group of messages of which nothing has been written yet; false where there
    // is none. Without its heartbeats, answers and control frames a connection would not live.
    bool drop_oldest(std::size_t& packets_dropped);

    // Takes everything out, in order; what is left of one that has begun to leave.
    packet_list take_all();
    void clear();

private:
    [[nodiscard]] std::size_t group_end(std::size_t first) const;
    packet_list::iterator at(std::size_t index);
    void trim();

    packet_list chunks_; // those before head_ have left
    std::size_t head_ = 0;
    std::size_t written_ = 0; // of the chunk at head_
    std::size_t bytes_ = 0;
};

} // namespace sockeye::engineio
