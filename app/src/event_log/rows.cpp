#include "event_log/rows.hpp"

#include "codec/json.hpp"

#include <limits>

namespace sockeye::app {

namespace {

constexpr std::size_t overhead = 256; // of a row: strings, the way of its answer

std::size_t text_of(const event_row& row) {
    return row.session_id.size() + row.type.size() + row.data.size() + row.user_id.size();
}

std::size_t text_of(const session_row& row) {
    return row.session_id.size() + row.metadata.size();
}

std::size_t text_of(const usage_row& row) {
    return row.user_id.size() + row.month.size() + row.counter.size();
}

} // namespace

std::size_t size_of(const any_row& of) {
    return overhead + std::visit([](const auto& one) { return text_of(one); }, of);
}

std::string write_json(const socketio::value& from) {
    std::string text;
    socketio::append_json(text, from);
    return text;
}

socketio::value read_json(std::string_view text) {
    constexpr std::size_t any = std::numeric_limits<std::size_t>::max();
    constexpr socketio::parser_limits limits{.max_depth = any, .max_elements = any};
    socketio::value read;
    if (!socketio::parse_json(text, limits, read)) read = std::string(text);
    return read;
}

} // namespace sockeye::app
