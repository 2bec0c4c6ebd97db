#include "logging/line_formatter.hpp"

#include "codec/json.hpp"
#include "one_line.hpp"

#include <utility>

namespace sockeye::app {

namespace {

std::string quoted(std::string_view text) {
    std::string made;
    socketio::append_json_string(made, text);
    return made;
}

/// As a part of a pattern, where % begins a field.
std::string literal(const std::string& text) {
    std::string made;
    for (const char c : text)
        made.append(c == '%' ? 2 : 1, c);
    return made;
}

std::string pattern(log_format format, const std::string& node) {
    const std::string time = "%Y-%m-%dT%H:%M:%S.%eZ";
    if (format == log_format::text) return time + " %l %v";
    return R"({"time":")" + time + R"(","level":"%l","message":%v,"node":)" +
           literal(quoted(node)) + '}';
}

} // namespace

line_formatter::line_formatter(log_format format, std::string node)
    : format_(format), node_(std::move(node)),
      lines_(pattern(format_, node_), spdlog::pattern_time_type::utc, "\n") {}

void line_formatter::format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& into) {
    const std::string given(message.payload.data(), message.payload.size());
    const std::string escaped = format_ == log_format::json ? quoted(given) : one_line(given);
    auto copy = message;
    copy.payload = escaped;
    lines_.format(copy, into);
}

std::unique_ptr<spdlog::formatter> line_formatter::clone() const {
    return std::make_unique<line_formatter>(format_, node_);
}

} // namespace sockeye::app
