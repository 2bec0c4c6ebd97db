#pragma once

#include "codec/base64.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace sockeye::app {

/// What `text` stands for; none for what base64url_encode does not write, such as padding.
inline std::optional<std::string> decode_base64url(std::string_view text) {
    std::string bytes, again;
    engineio::base64_decode(bytes, text); // takes almost anything
    engineio::base64url_encode(again, bytes);
    if (again != text) return std::nullopt;
    return bytes;
}

} // namespace sockeye::app
