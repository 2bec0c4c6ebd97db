#pragma once

#include "codec/http_head_scanner.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sockeye::engineio {

enum class chunk_step { need_more, data, complete, error };

/// Undoes the chunked transfer coding (RFC 9112 §7.1) without holding any input back.
class chunked_decoder {
public:
    /// Framing (size lines and their extensions) may outweigh the content by no more than this.
    static constexpr std::size_t framing_allowance = 16 * 1024;

    struct trailer_limits {
        std::size_t max_bytes;
        std::size_t max_fields;
    };

    explicit chunked_decoder(trailer_limits limits);

    /// Consumes from the front of `input`; `data()` is a part of that input.
    chunk_step next(std::string_view& input);

    std::string_view data() const { return data_; }
    unsigned error_status() const { return error_status_; }

private:
    enum class state {
        size_start,
        size,
        extension,
        size_lf,
        data,
        data_cr,
        data_lf,
        trailer,
        done
    };

    chunk_step take_byte(char byte);
    chunk_step take_size_digit(char byte);
    chunk_step end_size_line(char byte);
    chunk_step take_data(std::string_view& input);
    chunk_step take_trailer(std::string_view& input);
    chunk_step refuse(unsigned status);

    http_head_scanner trailer_;
    std::string_view data_;
    std::uint64_t remaining_ = 0;
    std::uint64_t content_ = 0;
    std::uint64_t framing_ = 0;
    std::size_t trailer_allowance_;
    state state_ = state::size_start;
    unsigned error_status_ = 0;
};

} // namespace sockeye::engineio
