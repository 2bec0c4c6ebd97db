#include "codec/http_request_parser.hpp"

#include <algorithm>

namespace sockeye::engineio {

namespace {

// RFC 9112 §2.2: some old clients end a body with a CRLF that is not part of it.
constexpr unsigned max_blank_bytes = 4;

http_parser_limits bounded(http_parser_limits limits) {
    limits.max_header_bytes = std::min(limits.max_header_bytes, http_request::max_bytes);
    return limits;
}

http_head_scanner make_scanner(const http_parser_limits& limits) {
    return http_head_scanner::for_head(
        {.max_fields = limits.max_fields, .max_target = limits.max_target});
}

chunked_decoder make_decoder(const http_parser_limits& limits) {
    return chunked_decoder({.max_bytes = limits.max_header_bytes, .max_fields = limits.max_fields});
}

} // namespace

http_request_parser::http_request_parser(const http_parser_limits& limits)
    : limits_(bounded(limits)), scanner_(make_scanner(limits_)), chunks_(make_decoder(limits_)) {}

void http_request_parser::reset() {
    *this = http_request_parser(limits_);
}

bool http_request_parser::has_partial() const {
    return phase_ == phase::head ? !partial_.empty() : phase_ == phase::body;
}

http_step http_request_parser::next(std::string_view& input) {
    body_chunk_ = {};
    switch (phase_) {
    case phase::head:
        return read_head(input);
    case phase::body:
        return framing_.chunked ? read_chunked_body(input) : read_sized_body(input);
    case phase::complete:
        return http_step::complete;
    case phase::failed:
        break;
    }
    return http_step::error;
}

http_step http_request_parser::read_head(std::string_view& input) {
    if (!skip_blank_lines(input)) return fail(400);
    if (input.empty()) return http_step::need_more;
    const auto begin = input;
    const auto allowance = limits_.max_header_bytes - partial_.size();
    auto scanned = input.substr(0, allowance);
    const auto verdict = scanner_.next(scanned);
    const auto taken = begin.substr(0, std::min(allowance, begin.size()) - scanned.size());
    input.remove_prefix(taken.size());
    if (verdict == scan_verdict::refused) return fail(scanner_.error_status());
    if (verdict == scan_verdict::complete && partial_.empty()) return finish_head(taken);
    partial_.append(taken);
    if (verdict == scan_verdict::complete) return finish_head(std::exchange(partial_, {}));
    return taken.size() == allowance ? fail(431) : http_step::need_more;
}

// False if one of them is broken.
bool http_request_parser::skip_blank_lines(std::string_view& input) {
    if (!partial_.empty()) return true;
    constexpr std::string_view crlf = "\r\n";
    while (!input.empty() && blank_bytes_ < max_blank_bytes &&
           input.front() == crlf[blank_bytes_ % 2]) {
        input.remove_prefix(1);
        ++blank_bytes_;
    }
    return input.empty() || blank_bytes_ % 2 == 0;
}

http_step http_request_parser::finish_head(std::string_view block) {
    auto head = parse_head(block);
    if (head.error_status != 0) return fail(head.error_status);
    head_ = std::move(head.request);
    framing_ = head.framing;
    body_remaining_ = framing_.content_length.value_or(0);
    phase_ = phase::body;
    return http_step::head;
}

http_step http_request_parser::read_sized_body(std::string_view& input) {
    if (body_remaining_ == 0) return complete();
    if (input.empty()) return http_step::need_more;
    body_chunk_ = input.substr(0, std::min<std::uint64_t>(body_remaining_, input.size()));
    input.remove_prefix(body_chunk_.size());
    body_remaining_ -= body_chunk_.size();
    return http_step::body;
}

http_step http_request_parser::read_chunked_body(std::string_view& input) {
    switch (chunks_.next(input)) {
    case chunk_step::need_more:
        return http_step::need_more;
    case chunk_step::data:
        body_chunk_ = chunks_.data();
        return http_step::body;
    case chunk_step::complete:
        return complete();
    case chunk_step::error:
        break;
    }
    return fail(chunks_.error_status());
}

http_step http_request_parser::complete() {
    phase_ = phase::complete;
    return http_step::complete;
}

http_step http_request_parser::fail(unsigned status) {
    phase_ = phase::failed;
    error_status_ = status;
    return http_step::error;
}

} // namespace sockeye::engineio
