#include "state/stream_id.hpp"

#include <charconv>

namespace sockeye::adapter_redis {

namespace {

bool parse_number(std::string_view text, std::uint64_t& into) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, into);
    return error == std::errc() && stop == end;
}

} // namespace

std::string to_string(const stream_id& id) {
    return std::to_string(id.time) + "-" + std::to_string(id.number);
}

std::optional<stream_id> parse_stream_id(std::string_view text) {
    const std::size_t hyphen = text.find('-');
    stream_id id;
    if (hyphen == std::string_view::npos || !parse_number(text.substr(0, hyphen), id.time) ||
        !parse_number(text.substr(hyphen + 1), id.number))
        return std::nullopt;
    return id;
}

} // namespace sockeye::adapter_redis
