#include "codec/chunked_decoder.hpp"

#include "codec/http_chars.hpp"

#include <algorithm>
#include <limits>

namespace sockeye::engineio {

chunked_decoder::chunked_decoder(const trailer_limits& limits)
    : trailer_(http_head_scanner::for_trailer(limits.max_fields)),
      trailer_allowance_(limits.max_bytes) {}

chunk_step chunked_decoder::next(std::string_view& input) {
    while (!input.empty()) {
        if (state_ == state::data) return take_data(input);
        if (state_ == state::trailer) return take_trailer(input);
        const char byte = input.front();
        input.remove_prefix(1);
        if (take_framing(byte) == chunk_step::error) return chunk_step::error;
    }
    return chunk_step::need_more;
}

chunk_step chunked_decoder::take_framing(char byte) {
    if (++framing_ > content_ + framing_allowance) return refuse(400);
    switch (state_) {
    case state::size_start:
        return take_size_digit(byte);
    case state::size:
        return hex_value(byte) ? take_size_digit(byte) : take_behind_size(byte);
    case state::extension:
        return take_extension(byte);
    case state::size_lf:
        return take(byte, '\n', remaining_ > 0 ? state::data : state::trailer);
    case state::data_cr:
        return take(byte, '\r', state::data_lf);
    case state::data_lf:
        return take(byte, '\n', state::size_start);
    case state::data:
    case state::trailer:
        break; // not framing
    }
    return refuse(400);
}

chunk_step chunked_decoder::take_size_digit(char byte) {
    constexpr auto last_that_can_grow = std::numeric_limits<std::uint64_t>::max() >> 4;
    const auto digit = hex_value(byte);
    if (!digit || remaining_ > last_that_can_grow) return refuse(400);
    remaining_ = remaining_ << 4 | *digit;
    state_ = state::size;
    return chunk_step::need_more;
}

chunk_step chunked_decoder::take_behind_size(char byte) {
    if (byte == ';') {
        state_ = state::extension;
        return chunk_step::need_more;
    }
    return take(byte, '\r', state::size_lf);
}

chunk_step chunked_decoder::take_extension(char byte) {
    return is_kind(byte, value_char) ? chunk_step::need_more : take(byte, '\r', state::size_lf);
}

chunk_step chunked_decoder::take(char byte, char expected, state next) {
    if (byte != expected) return refuse(400);
    state_ = next;
    return chunk_step::need_more;
}

chunk_step chunked_decoder::take_data(std::string_view& input) {
    data_ = input.substr(0, std::min<std::uint64_t>(remaining_, input.size()));
    input.remove_prefix(data_.size());
    remaining_ -= data_.size();
    content_ += data_.size();
    if (remaining_ == 0) state_ = state::data_cr;
    return chunk_step::data;
}

chunk_step chunked_decoder::take_trailer(std::string_view& input) {
    auto allowed = input.substr(0, trailer_allowance_);
    const auto offered = allowed.size();
    const auto verdict = trailer_.next(allowed);
    const auto taken = offered - allowed.size();
    input.remove_prefix(taken);
    trailer_allowance_ -= taken;
    if (verdict == scan_verdict::refused) return refuse(trailer_.error_status());
    if (verdict == scan_verdict::complete) return chunk_step::complete;
    return trailer_allowance_ == 0 ? refuse(431) : chunk_step::need_more;
}

chunk_step chunked_decoder::refuse(unsigned status) {
    error_status_ = status;
    return chunk_step::error;
}

} // namespace sockeye::engineio
