#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::socketio {

// Adds a header, by its name in lower case. One that is there already is joined with it, or kept as
// it is, or stands beside it, as in Node's `request.headers`.
void add_header(std::vector<std::pair<std::string, std::string>>& to, std::string name,
                std::string_view text);

} // namespace sockeye::socketio
