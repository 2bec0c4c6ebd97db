#pragma once

#include <sockeye/app/sessions.hpp>

#include <string>
#include <string_view>

/// Events as they are published and kept:
/// {"sessionId":"…","seq":1,"type":"…","data":…,"timestamp":…}
namespace sockeye::app {

/// The last event of a session has this type, and the reason in its data.
inline constexpr std::string_view ended_type = "session:ended";

session_event end_event(std::string session_id, std::uint64_t seq, const std::string& reason,
                        milliseconds now);
[[nodiscard]] bool is_end(const session_event& event);
[[nodiscard]] std::string end_reason(const session_event& event);

[[nodiscard]] std::string write_event(const session_event& event);
/// Null for anything else.
[[nodiscard]] session_event_ptr read_event(std::string_view text);

} // namespace sockeye::app
