#include "state/output_queue.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::engineio {
namespace {

// Few queues stay at one packet once others send too; growing there by doubling costs more. So many
// are what packet_memory keeps at hand.
constexpr std::size_t first_capacity = 8;

} // namespace

void output_queue::push(outgoing_ptr owner, std::string_view bytes, bool continues) {
    if (chunks_.capacity() == 0) chunks_.reserve(first_capacity);
    chunks_.push_back({std::move(owner), bytes, continues});
    bytes_ += bytes.size();
}

unsigned output_queue::gather(iovec* parts, unsigned max) const {
    unsigned filled = 0;
    std::size_t skip = written_;
    for (std::size_t i = head_; i < chunks_.size() && filled < max; ++i, skip = 0) {
        const std::string_view rest = chunks_[i].bytes.substr(skip);
        parts[filled++] = {const_cast<char*>(rest.data()), rest.size()};
    }
    return filled;
}

void output_queue::consume(std::size_t written) {
    bytes_ -= written;
    written_ += written;
    while (!empty() && written_ >= chunks_[head_].bytes.size()) {
        written_ -= chunks_[head_].bytes.size();
        chunks_[head_++].owner.reset();
    }
    trim();
}

void output_queue::trim() {
    if (empty()) {
        clear();
    } else if (head_ >= 64 && head_ * 2 >= chunks_.size()) {
        // A queue that never runs dry must not grow at its front.
        chunks_.erase(chunks_.begin(), at(head_));
        head_ = 0;
    }
}

packet_list::iterator output_queue::at(std::size_t index) {
    return chunks_.begin() + static_cast<std::ptrdiff_t>(index);
}

std::size_t output_queue::group_end(std::size_t first) const {
    do
        ++first;
    while (first < chunks_.size() && chunks_[first].continues);
    return first;
}

bool output_queue::drop_oldest(std::size_t& packets_dropped) {
    std::size_t first = head_;
    const bool begun = !empty() && (written_ > 0 || chunks_[head_].continues);
    if (begun) first = group_end(first);
    while (first < chunks_.size() && chunks_[first].owner->type() != packet_type::message)
        first = group_end(first);
    if (first == chunks_.size()) return false;
    const std::size_t last = group_end(first);
    for (std::size_t i = first; i < last; ++i)
        bytes_ -= chunks_[i].bytes.size();
    packets_dropped += last - first;
    // The few that stay in front close up to the rest: a long queue is not moved for each message.
    const auto front = std::move_backward(at(head_), at(first), at(last));
    for (auto gone = at(head_); gone != front; ++gone)
        gone->owner.reset();
    head_ += last - first;
    trim();
    return true;
}

packet_list output_queue::take_all() {
    chunks_.erase(chunks_.begin(), at(head_));
    packet_list all = std::move(chunks_);
    if (!all.empty()) all.front().bytes.remove_prefix(written_);
    clear();
    return all;
}

void output_queue::clear() {
    packet_list().swap(chunks_);
    head_ = written_ = bytes_ = 0;
}

} // namespace sockeye::engineio
