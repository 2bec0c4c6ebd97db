#pragma once

#include <sockeye/engineio/http.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace sockeye::engineio {

// What a head says about the connection and about where the message ends.
struct http_framing {
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool keep_alive = true;
    bool upgrade = false;
    bool wants_continue = false;
};

struct http_head {
    http_request request;
    http_framing framing;
    unsigned error_status = 0; // 0: the head is good. Otherwise 400, 501 or 505
};

// Parses a whole head, up to and with its empty line, that http_head_scanner has let pass. Refuses
// whatever leaves in doubt where the message ends or which host is meant.
http_head parse_head(std::string_view block);

} // namespace sockeye::engineio
