#pragma once

#include "state/output_queue.hpp"

#include <sockeye/engineio/http.hpp>
#include <sockeye/engineio/options.hpp>
#include <sockeye/engineio/packet.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sockeye::engineio {

// What shapes the answer to a poll, beside its packets.
struct poll_format {
    protocol revision;
    const std::optional<std::string>& jsonp;
    bool base64_only;
    const std::optional<compression_options>& compression;
    const http_request& request; // the GET
};

// The whole answer: payload, content type, compression.
http_response poll_response(const poll_format& format, const packet_list& packets);

} // namespace sockeye::engineio
