#include "codec/headers.hpp"

#include <algorithm>
#include <iterator>

namespace sockeye::socketio {
namespace {

// Of which the first counts.
constexpr std::string_view single[] = {"age",
                                       "authorization",
                                       "content-length",
                                       "content-type",
                                       "etag",
                                       "expires",
                                       "from",
                                       "host",
                                       "if-modified-since",
                                       "if-unmodified-since",
                                       "last-modified",
                                       "location",
                                       "max-forwards",
                                       "proxy-authorization",
                                       "referer",
                                       "retry-after",
                                       "server",
                                       "user-agent"};

} // namespace

void add_header(std::vector<std::pair<std::string, std::string>>& to, std::string name,
                std::string_view text) {
    const auto there = std::ranges::find(
        to, name, [](const auto& header) -> auto& { return header.first; });
    if (there == to.end() || name == "set-cookie")
        to.emplace_back(std::move(name), text);
    else if (std::ranges::find(single, name) == std::end(single))
        there->second.append(name == "cookie" ? "; " : ", ").append(text);
}

} // namespace sockeye::socketio
