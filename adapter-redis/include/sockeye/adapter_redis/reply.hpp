#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace sockeye::adapter_redis {

enum class reply_kind : std::uint8_t {
    nil,
    integer,
    text,
    error, // by Redis
    array,
    missing, // there is no answer
};

// What Redis answered to a command, or why there is no answer.
struct reply {
    reply_kind kind = reply_kind::nil;
    std::int64_t integer = 0;
    std::string text = {}; // of a text, which may be any bytes; of an error; why it is missing
    std::vector<reply> items = {};

    [[nodiscard]] bool is_error() const {
        return kind == reply_kind::error || kind == reply_kind::missing;
    }

    bool operator==(const reply&) const = default;
};

} // namespace sockeye::adapter_redis
