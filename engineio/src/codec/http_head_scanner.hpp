#pragma once

#include <cstddef>
#include <string_view>

namespace sockeye::engineio {

enum class scan_verdict { need_more, complete, refused };

// Looks at the bytes of a head as they arrive, each once, and refuses the first that is out of
// place.
//
// Request smuggling lives on bytes that two parsers read differently: a lone CR or LF, a folded
// line, a space before the colon. So none of them reaches the parser proper. Looking at bytes
// rather than lines also makes the verdict independent of the pieces in which they come, and
// refuses hopeless input (a TLS hello, a giant target) before the end of the head is in sight.
class http_head_scanner {
public:
    struct bounds {
        std::size_t max_fields;
        std::size_t max_target;
    };

    static http_head_scanner for_head(const bounds& at_most);
    static http_head_scanner for_trailer(std::size_t max_fields); // a head without request line

    // Consumes from the front of `bytes`: all of them, or up to the end of the block or to the byte
    // that was refused.
    scan_verdict next(std::string_view& bytes);

    unsigned error_status() const { return error_status_; } // 400, 414 or 431

private:
    enum class state { method, target, version, line_lf, line_start, name, value, end_lf };

    http_head_scanner(const bounds& at_most, state first) : bounds_(at_most), state_(first) {}

    scan_verdict step(std::string_view& bytes);
    scan_verdict scan_target(std::string_view& bytes);
    scan_verdict start_line(std::string_view& bytes);
    scan_verdict take(std::string_view& bytes, char expected, state next);
    scan_verdict refuse(unsigned status);

    bounds bounds_;
    std::size_t target_size_ = 0;
    std::size_t fields_ = 0;
    state state_;
    unsigned error_status_ = 0;
};

} // namespace sockeye::engineio
