#pragma once

#include "codec/http_request_parser.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

namespace sockeye::engineio {

// What a parser makes of a connection's bytes, written down:
//
//     POST /a 11; Host=h; head; hello; complete; error 400
//
// The pieces in which content comes do not show, so that the same bytes must always read the same.
class http_transcript {
public:
    explicit http_transcript(const http_parser_limits& limits = {}) : parser_(limits) {}

    void feed(std::string_view piece) {
        while (!failed_) {
            const auto step = parser_.next(piece);
            if (step == http_step::need_more) break;
            write(step);
        }
        if (!failed_ && !piece.empty()) text_ += "<left " + std::string(piece) + ">";
    }

    const std::string& text() const { return text_; }
    http_request_parser& parser() { return parser_; }

private:
    void write(http_step step) {
        if (step == http_step::body) {
            text_ += parser_.body_chunk();
            return;
        }
        if (step == http_step::head) write_head(parser_.head());
        if (step == http_step::complete) {
            text_ += "; complete; ";
            parser_.reset();
        }
        if (step == http_step::error) {
            text_ += "error " + std::to_string(parser_.error_status());
            failed_ = true;
        }
    }

    void write_head(const http_request& head) {
        text_ += std::string(head.method()) + " " + std::string(head.target()) + " " +
                 std::to_string(head.version());
        for (std::size_t i = 0; i < head.field_count(); ++i)
            text_ +=
                "; " + std::string(head.field(i).name) + "=" + std::string(head.field(i).value);
        text_ += "; head; ";
    }

    http_request_parser parser_;
    std::string text_;
    bool failed_ = false;
};

inline std::string read_pieces(const std::vector<std::string_view>& pieces,
                               const http_parser_limits& limits = {}) {
    http_transcript transcript(limits);
    for (const auto piece : pieces)
        transcript.feed(piece);
    return transcript.text();
}

inline std::string read_whole(std::string_view bytes, const http_parser_limits& limits = {}) {
    return read_pieces({bytes}, limits);
}

inline std::string read_bytewise(std::string_view bytes, const http_parser_limits& limits = {}) {
    http_transcript transcript(limits);
    for (const char& byte : bytes)
        transcript.feed({&byte, 1});
    return transcript.text();
}

inline const std::string next_request = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";

inline std::string with_fields(std::string_view fields) {
    return "POST / HTTP/1.1\r\nHost: h\r\n" + std::string(fields) + "\r\n";
}

inline std::string chunked(std::string_view body) {
    return with_fields("Transfer-Encoding: chunked\r\n") + std::string(body);
}

inline std::string last_part(const std::string& transcript) {
    const auto at = transcript.rfind("error");
    return at == std::string::npos ? transcript : transcript.substr(at);
}

inline void check_refused(const std::string& bytes, unsigned status,
                          const http_parser_limits& limits = {}) {
    CAPTURE(bytes);
    const auto expected = "error " + std::to_string(status);
    CHECK(last_part(read_whole(bytes, limits)) == expected);
    CHECK(last_part(read_bytewise(bytes, limits)) == expected);
    // The verdict stands whatever follows.
    CHECK(last_part(read_whole(bytes + "\r\n\r\n" + next_request, limits)) == expected);
}

} // namespace sockeye::engineio
