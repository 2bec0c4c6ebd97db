#pragma once

#include "codec/chunked_decoder.hpp"
#include "codec/http_head.hpp"
#include "codec/http_head_scanner.hpp"

#include <sockeye/engineio/http.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sockeye::engineio {

struct http_parser_limits {
    std::size_t max_header_bytes = 16 * 1024; // at most http_request::max_bytes
    std::size_t max_fields = 100;
    std::size_t max_target = 8 * 1024;
};

enum class http_step { need_more, head, body, complete, error };

// Takes the bytes of a connection apart into requests, whatever the pieces they come in.
class http_request_parser {
public:
    explicit http_request_parser(const http_parser_limits& limits);

    // Consumes from the front of `input`, all of it when it answers need_more. `head` comes once,
    // then `body` for each piece of content, then `complete`: input stands at the next request,
    // and nothing more is consumed until reset(). `complete` may come without further input, so
    // ask until need_more. `error` is final: answer error_status() and close.
    http_step next(std::string_view& input);

    // The next request on the same connection.
    void reset();

    const http_request& head() const { return head_; } // from `head` until reset()
    http_request take_head() { return std::move(head_); }

    std::optional<std::uint64_t> content_length() const { return framing_.content_length; }
    bool chunked() const { return framing_.chunked; }
    bool keep_alive() const { return framing_.keep_alive; }
    bool wants_continue() const { return framing_.wants_continue; }
    bool is_upgrade() const { return framing_.upgrade; }

    std::string_view body_chunk() const { return body_chunk_; } // until the next call of next()

    // 400, 414 (target), 431 (head or trailer), 501 (transfer coding), 505 (version).
    unsigned error_status() const { return error_status_; }

    // Whether bytes of an unfinished message have been taken: the peer owes us the rest.
    bool has_partial() const;

private:
    enum class phase { head, body, complete, failed };

    http_step read_head(std::string_view& input);
    bool skip_blank_lines(std::string_view& input);
    http_step finish_head(std::string_view block);
    http_step read_sized_body(std::string_view& input);
    http_step read_chunked_body(std::string_view& input);
    http_step complete();
    http_step fail(unsigned status);

    http_parser_limits limits_;
    http_head_scanner scanner_;
    chunked_decoder chunks_;
    std::string partial_; // the head so far, if it does not come in one piece
    http_request head_;
    http_framing framing_;
    std::string_view body_chunk_;
    std::uint64_t body_remaining_ = 0; // by Content-Length
    unsigned blank_bytes_ = 0;         // of the empty lines before the request line
    unsigned error_status_ = 0;
    phase phase_ = phase::head;
};

} // namespace sockeye::engineio
