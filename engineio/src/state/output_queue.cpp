#include "state/output_queue.hpp"

#include <utility>

namespace sockeye::engineio {

void output_queue::push(outgoing_ptr owner, std::string_view bytes, bool continues) {
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
    if (empty()) {
        clear();
    } else if (head_ >= 64 && head_ * 2 >= chunks_.size()) {
        // A queue that never runs dry must not grow at its front.
        chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(head_));
        head_ = 0;
    }
}

bool output_queue::drop_oldest(std::size_t& packets_dropped) {
    std::size_t first = head_;
    if (first < chunks_.size() && (written_ > 0 || chunks_[first].continues)) {
        // This group is on its way already.
        ++first;
        while (first < chunks_.size() && chunks_[first].continues)
            ++first;
    }
    if (first == chunks_.size()) return false;
    std::size_t last = first;
    do
        bytes_ -= chunks_[last++].bytes.size();
    while (last < chunks_.size() && chunks_[last].continues);
    packets_dropped += last - first;
    chunks_.erase(chunks_.begin() + static_cast<std::ptrdiff_t>(first),
                  chunks_.begin() + static_cast<std::ptrdiff_t>(last));
    if (empty()) clear();
    return true;
}

std::vector<queued_packet> output_queue::take_all() {
    chunks_.erase(chunks_.begin(), chunks_.begin() + static_cast<std::ptrdiff_t>(head_));
    std::vector<queued_packet> all = std::move(chunks_);
    if (!all.empty()) all.front().bytes.remove_prefix(written_);
    clear();
    return all;
}

void output_queue::clear() {
    std::vector<queued_packet>().swap(chunks_);
    head_ = written_ = bytes_ = 0;
}

} // namespace sockeye::engineio
