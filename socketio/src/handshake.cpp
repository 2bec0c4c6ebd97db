#include "handshake.hpp"

#include "codec/headers.hpp"

#include <algorithm>
#include <chrono>
#include <ctime>

namespace sockeye::socketio {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
    });
    return out;
}

std::string_view find(const std::vector<std::pair<std::string, std::string>>& pairs,
                      std::string_view name) {
    const auto found = std::ranges::find(
        pairs, name, [](const auto& pair) -> std::string_view { return pair.first; });
    return found == pairs.end() ? std::string_view() : found->second;
}

// "Sat Nov 21 2026 05:00:00 GMT+0000 (Coordinated Universal Time)"
std::string javascript_date(std::time_t time) {
    std::tm parts{};
    gmtime_r(&time, &parts);
    char text[80];
    const std::size_t size = std::strftime(
        text, sizeof text, "%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)", &parts);
    return {text, size};
}

} // namespace

std::string_view handshake::header(std::string_view name) const {
    return find(headers, name);
}
std::string_view handshake::query_value(std::string_view name) const {
    return find(query, name);
}

handshake make_handshake(const engineio::session& session, const value& auth) {
    const engineio::http_request& request = session.request();
    handshake made;
    for (std::size_t i = 0; i < request.field_count(); ++i) {
        const engineio::http_field field = request.field(i);
        add_header(made.headers, lower(field.name), field.value);
    }
    const auto now = std::chrono::system_clock::now();
    made.time = javascript_date(std::chrono::system_clock::to_time_t(now));
    made.issued =
        std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
    made.address = session.remote_address();
    made.xdomain = request.has_header("origin");
    made.secure = session.secure();
    made.url = request.target();
    made.query = engineio::parse_query(request.query());
    made.auth = auth;
    return made;
}

} // namespace sockeye::socketio
