#pragma once

#include <sockeye/socketio/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::socketio {

// How a client came: its first HTTP request, and what it said when it joined the namespace.
struct handshake {
    std::vector<std::pair<std::string, std::string>> headers; // names in lower case
    std::string time;                                         // as JavaScript writes a date
    std::string address;                                      // of the TCP peer
    bool xdomain = false;                                     // has an Origin
    bool secure = false;                                      // over TLS
    std::int64_t issued = 0;                                  // milliseconds since 1970
    std::string url;
    std::vector<std::pair<std::string, std::string>> query;
    value auth = object{};

    // The first value of that name (in lower case), empty if there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    [[nodiscard]] std::string_view query_value(std::string_view name) const;
};

// As the JavaScript object of the same name.
value to_value(const handshake& from);

} // namespace sockeye::socketio
