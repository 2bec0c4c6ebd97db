#pragma once

#include "codec/http_head_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sockeye::engineio {

enum class chunk_step { need_more, data, complete, error };

// Undoes the chunked transfer coding (RFC 9112 §7.1). Beast's own wants each size line in one
// piece, so a caller would have to hold back and bound what has come of it; this one keeps a state
// and no bytes.
//
//     5;extension=1 CRLF    size line: the extension is bounded and dropped
//     hello CRLF            data
//     0 CRLF                last chunk
//     Name: value CRLF      trailer: checked, bounded and dropped
//     CRLF
class chunked_decoder {
public:
    // Framing may outweigh the content by so much and no more (CVE-2024-22019).
    static constexpr std::size_t framing_allowance = 16 * 1024;

    struct trailer_limits {
        std::size_t max_bytes;
        std::size_t max_fields;
    };

    explicit chunked_decoder(const trailer_limits& limits);

    // Consumes from the front of `input`, of which data() is a part.
    chunk_step next(std::string_view& input);

    std::string_view data() const { return data_; }
    unsigned error_status() const { return error_status_; } // 400 or 431

private:
    enum class state { size_start, size, extension, size_lf, data, data_cr, data_lf, trailer };

    chunk_step take_framing(char byte);
    chunk_step take_size_digit(char byte);
    chunk_step take_behind_size(char byte);
    chunk_step take_extension(char byte);
    chunk_step take(char byte, char expected, state next);
    chunk_step take_data(std::string_view& input);
    chunk_step take_trailer(std::string_view& input);
    chunk_step refuse(unsigned status);

    http_head_scanner trailer_;
    std::size_t trailer_allowance_;
    std::string_view data_;
    std::uint64_t remaining_ = 0; // of this chunk
    std::uint64_t content_ = 0;   // of all chunks so far
    std::uint64_t framing_ = 0;
    state state_ = state::size_start;
    unsigned error_status_ = 0;
};

} // namespace sockeye::engineio
