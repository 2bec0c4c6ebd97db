#include "rooms/room_document.hpp"

#include "codec/json.hpp"

#include <algorithm>

namespace sockeye::app {

using socketio::array;
using socketio::object;
using socketio::value;

namespace {

std::string_view name_of(sharing_mode mode) {
    return mode == sharing_mode::many ? "many" : "one";
}

std::string_view text_in(const value& of, std::string_view member) {
    const value* found = of.find(member);
    return found && found->is_string() ? std::string_view(found->as_string()) : std::string_view();
}

bool is_sharing(const value& participant) {
    const value* sharing = participant.find("sharing");
    return sharing && *sharing == value(true);
}

bool is_participant(const value& of) {
    return of.is_object() && !text_in(of, "userId").empty();
}

constexpr std::size_t max_metadata_depth = 100;
constexpr std::int64_t latest_time = 1LL << 52; // beyond, it is no time that one of us has written

/// Twice what add() lets in: the list of those who share is not counted there.
std::size_t max_read_bytes(const rooms_options& from) {
    return 2 * from.max_document_bytes;
}

std::string json(const value& from) {
    std::string text;
    socketio::append_json(text, from);
    return text;
}

[[noreturn]] void refuse_document(const std::string& room, std::string_view why) {
    throw service_error("INTERNAL",
                        "what is kept of the room '" + room + "' is no room: " + std::string(why));
}

} // namespace

room_document::room_document(const std::string& room, sharing_mode mode, milliseconds now)
    : content_(object{{"roomId", room},
                      {"participants", array()},
                      {"sharing", array()},
                      {"mode", name_of(mode)},
                      {"createdAt", now.count()},
                      {"updatedAt", now.count()}}) {}

room_document room_document::parse(const std::string& room, std::string_view text,
                                   const rooms_options& limits) {
    value content;
    if (text.size() > max_read_bytes(limits)) refuse_document(room, "it is too large");
    const socketio::parser_limits reading{.max_depth = 2 * max_metadata_depth,
                                          .max_elements = text.size()};
    if (!socketio::parse_json(text, reading, content)) refuse_document(room, "it is not JSON");
    if (!content.is_object()) refuse_document(room, "it is no object");
    value& participants = content["participants"];
    if (participants.is_null()) participants = array();
    if (!participants.is_array()) refuse_document(room, "its participants are no array");
    if (!std::ranges::all_of(participants.as_array(), is_participant))
        refuse_document(room, "a participant has no userId");
    content["roomId"] = room;
    return {std::move(content), text.size()};
}

bool room_document::add(const std::string& user, const std::optional<value>& metadata,
                        milliseconds now, const rooms_options& limits) {
    if (value* present = find(user))
        return metadata && replace_metadata(*present, *metadata, limits);
    if (participants().size() >= limits.max_participants)
        throw service_error("ROOM_FULL", "a room takes no more than " +
                                             std::to_string(limits.max_participants) +
                                             " participants");
    value entry = object{{"userId", user},
                         {"joinedAt", now.count()},
                         {"metadata", metadata.value_or(object())},
                         {"sharing", false}};
    grow(json(entry).size(), limits);
    participants().push_back(std::move(entry));
    return true;
}

bool room_document::replace_metadata(value& participant, const value& with,
                                     const rooms_options& limits) {
    value& held = participant["metadata"];
    if (held == with) return false;
    const std::size_t before = json(held).size();
    const std::size_t after = json(with).size();
    if (after > before) grow(after - before, limits);
    held = with;
    return true;
}

void room_document::grow(std::size_t bytes, const rooms_options& limits) {
    if (bytes_ + bytes > limits.max_document_bytes)
        throw service_error("ROOM_FULL", "a room takes no more than " +
                                             std::to_string(limits.max_document_bytes) + " bytes");
    bytes_ += bytes;
}

bool room_document::remove(const std::string& user) {
    const auto is_user = [&](const value& each) { return text_in(each, "userId") == user; };
    return std::erase_if(participants(), is_user) > 0;
}

bool room_document::set_sharing(const std::string& user, bool sharing) {
    value* participant = find(user);
    if (!participant) throw service_error("FORBIDDEN", "only those in the room may share");
    if (is_sharing(*participant) == sharing) return false;
    if (sharing && text_in(content_, "mode") != name_of(sharing_mode::many)) {
        const auto other = std::ranges::find_if(participants(), is_sharing);
        if (other != participants().end())
            throw service_error("ALREADY_SHARED", "'" + std::string(text_in(*other, "userId")) +
                                                      "' is sharing in this room");
    }
    (*participant)["sharing"] = sharing;
    return true;
}

bool room_document::set_mode(sharing_mode mode) {
    if (text_in(content_, "mode") == name_of(mode)) return false;
    content_["mode"] = name_of(mode);
    return true;
}

void room_document::stamp(milliseconds now) {
    array sharing;
    for (const value& each : participants())
        if (is_sharing(each)) sharing.emplace_back(text_in(each, "userId"));
    content_["sharing"] = std::move(sharing);
    value& updated = content_["updatedAt"];
    const auto* before = updated.get_if<std::int64_t>();
    const bool was_later = before && *before >= now.count() && *before < latest_time;
    updated = was_later ? *before + 1 : now.count();
}

std::string room_document::text() const {
    return json(content_);
}

std::size_t room_document::count_sharing() const {
    return static_cast<std::size_t>(std::ranges::count_if(participants(), is_sharing));
}

array& room_document::participants() {
    return content_.find("participants")->as_array();
}

const array& room_document::participants() const {
    return content_.find("participants")->as_array();
}

value* room_document::find(const std::string& user) {
    for (value& each : participants())
        if (text_in(each, "userId") == user) return &each;
    return nullptr;
}

value checked_metadata(const value& given, const rooms_options& limits) {
    const std::string text = json(given);
    value read;
    if (text.size() > limits.max_metadata_bytes)
        throw service_error("BAD_REQUEST", "metadata takes no more than " +
                                               std::to_string(limits.max_metadata_bytes) +
                                               " bytes of JSON");
    if (!socketio::parse_json(text, {.max_depth = max_metadata_depth}, read))
        throw service_error("BAD_REQUEST", "metadata must not be nested deeper than " +
                                               std::to_string(max_metadata_depth));
    return read;
}

} // namespace sockeye::app
