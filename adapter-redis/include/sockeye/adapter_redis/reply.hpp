#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sockeye::adapter_redis {

enum class reply_kind : std::uint8_t { nil, integer, text, error, array };

// What Redis answered to a command; or, as an error, why there is no answer.
struct reply {
    reply_kind kind = reply_kind::nil;
    std::int64_t integer = 0;
    std::string text = {}; // of a text, which may be any bytes, or an error
    std::vector<reply> items = {};

    [[nodiscard]] bool is_error() const { return kind == reply_kind::error; }

    bool operator==(const reply&) const = default;
};

} // namespace sockeye::adapter_redis
