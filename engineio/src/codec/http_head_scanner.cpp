#include "codec/http_head_scanner.hpp"

#include "codec/http_chars.hpp"

namespace sockeye::engineio {

namespace {

void skip(std::string_view& bytes, char_kind kind) {
    bytes.remove_prefix(count_leading(bytes, kind));
}

} // namespace

http_head_scanner http_head_scanner::for_head(const bounds& at_most) {
    return {at_most, state::method};
}

http_head_scanner http_head_scanner::for_trailer(std::size_t max_fields) {
    return {{.max_fields = max_fields, .max_target = 0}, state::line_start};
}

scan_verdict http_head_scanner::next(std::string_view& bytes) {
    auto verdict = scan_verdict::need_more;
    while (verdict == scan_verdict::need_more && !bytes.empty())
        verdict = step(bytes);
    return verdict;
}

scan_verdict http_head_scanner::step(std::string_view& bytes) {
    switch (state_) {
    case state::method:
        skip(bytes, token_char);
        return take(bytes, ' ', state::target);
    case state::target:
        return scan_target(bytes);
    case state::version:
        skip(bytes, target_char);
        return take(bytes, '\r', state::line_lf);
    case state::line_lf:
        return take(bytes, '\n', state::line_start);
    case state::line_start:
        return start_line(bytes);
    case state::name:
        skip(bytes, token_char);
        return take(bytes, ':', state::value);
    case state::value:
        skip(bytes, value_char);
        return take(bytes, '\r', state::line_lf);
    case state::end_lf:
        break;
    }
    if (bytes.front() != '\n') return refuse(400);
    bytes.remove_prefix(1);
    return scan_verdict::complete;
}

scan_verdict http_head_scanner::scan_target(std::string_view& bytes) {
    const auto size = bytes.size();
    skip(bytes, target_char);
    target_size_ += size - bytes.size();
    // Before the byte behind it is judged: in small pieces, that byte would not be here yet.
    if (target_size_ > bounds_.max_target) return refuse(414);
    return take(bytes, ' ', state::version);
}

scan_verdict http_head_scanner::start_line(std::string_view& bytes) {
    if (bytes.front() == '\r') return take(bytes, '\r', state::end_lf);
    if (!is_kind(bytes.front(), token_char)) return refuse(400); // among others a folded line
    if (++fields_ > bounds_.max_fields) return refuse(431);
    state_ = state::name;
    return scan_verdict::need_more;
}

scan_verdict http_head_scanner::take(std::string_view& bytes, char expected, state next) {
    if (bytes.empty()) return scan_verdict::need_more;
    if (bytes.front() != expected) return refuse(400);
    bytes.remove_prefix(1);
    state_ = next;
    return scan_verdict::need_more;
}

scan_verdict http_head_scanner::refuse(unsigned status) {
    error_status_ = status;
    return scan_verdict::refused;
}

} // namespace sockeye::engineio
