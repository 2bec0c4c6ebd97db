#include "sessions/session_event.hpp"

#include "codec/json.hpp"
#include "codec/member_reader.hpp"

#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::value;

session_event end_event(std::string session_id, std::uint64_t seq, const std::string& reason,
                        milliseconds now) {
    return {.session_id = std::move(session_id),
            .seq = seq,
            .type = std::string(ended_type),
            .data = object{{"reason", reason}},
            .timestamp = now};
}

bool is_end(const session_event& event) {
    return event.type == ended_type;
}

std::string end_reason(const session_event& event) {
    const value* reason = event.data.find("reason");
    return reason && reason->is_string() ? reason->as_string() : "closed";
}

// Member by member: an object would need a copy of the data.
std::string write_event(const session_event& event) {
    std::string text = R"({"sessionId":)";
    socketio::append_json_string(text, event.session_id);
    text += R"(,"seq":)" + std::to_string(event.seq) + R"(,"type":)";
    socketio::append_json_string(text, event.type);
    text += R"(,"data":)";
    socketio::append_json(text, event.data);
    text += R"(,"timestamp":)" + std::to_string(event.timestamp.count()) + '}';
    return text;
}

session_event_ptr read_event(std::string_view text) {
    value from;
    if (!socketio::parse_json(text, {}, from)) return nullptr;
    socketio::member_reader members(from);
    session_event read{.session_id = members.id("sessionId"),
                       .seq = static_cast<std::uint64_t>(members.integer("seq")),
                       .type = members.id("type"),
                       .data = members.value_or("data", nullptr),
                       .timestamp = milliseconds(members.integer_or_zero("timestamp"))};
    const bool good = members.good() && members.integer("seq") >= 0;
    return good ? std::make_shared<const session_event>(std::move(read)) : nullptr;
}

} // namespace sockeye::app
