#include "codec/envelope.hpp"

#include "codec/base64.hpp"
#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "codec/wire.hpp"

#include <algorithm>
#include <charconv>

namespace sockeye::adapter_redis {

using socketio::array;
using socketio::object;
using socketio::saved_session;

namespace {

/// Broadcasts, and answers to questions.
bool may_hold_binary(std::int64_t type) {
    return type == 3 || type == 8 || type == 9 || type == 10 || type == 12;
}

/// Without recursion: how deep a value is, is up to an application and its clients.
bool contains_binary(const value& root) {
    std::vector<const value*> open{&root};
    while (!open.empty()) {
        const value& next = *open.back();
        open.pop_back();
        if (next.is_binary()) return true;
        if (const auto* items = next.get_if<array>()) {
            for (const value& item : *items) {
                open.push_back(&item);
            }
        } else if (const auto* members = next.get_if<object>()) {
            for (const auto& [key, member] : *members) {
                open.push_back(&member);
            }
        }
    }
    return false;
}

// See own_ending for the order.
value make_message(envelope from) {
    object members{{"type", from.type}};
    if (!from.data.is_null()) members["data"] = std::move(from.data);
    members["uid"] = std::move(from.uid);
    members["nsp"] = std::move(from.nsp);
    return members;
}

std::string to_json(const value& from) {
    std::string text;
    socketio::append_json(text, from);
    return text;
}

std::string to_msgpack(const value& from) {
    std::string bytes;
    socketio::append_msgpack(bytes, from);
    return bytes;
}

std::string to_base64(std::string_view bytes) {
    std::string text;
    engineio::base64_encode(text, bytes);
    return text;
}

std::string from_base64(std::string_view text) {
    std::string bytes;
    engineio::base64_decode(bytes, text);
    return bytes;
}

bool read_data(std::string_view text, value& into) {
    if (text.starts_with('{')) return parse_json(text, into);
    return parse_msgpack(from_base64(text), into);
}

} // namespace

envelope to_envelope(socketio::cluster_message from) {
    envelope made{from.type(), from.uid, from.nsp};
    value whole = std::move(from).to_value();
    if (value* const data = whole.find("data")) made.data = std::move(*data);
    return made;
}

std::optional<socketio::cluster_message> from_envelope(envelope from) {
    return socketio::cluster_message::from_value(make_message(std::move(from)));
}

bool holds_binary(const envelope& from) {
    return may_hold_binary(from.type) && contains_binary(from.data);
}

std::string encode_sharded(const envelope& from) {
    const value whole = make_message(from);
    return holds_binary(from) ? to_msgpack(whole) : to_json(whole);
}

std::string encode_packed(envelope from) {
    const bool answers = from.type == 10 || from.type == 12;
    if (object* const data = from.data.get_if<object>(); data != nullptr && answers)
        static_cast<void>((*data)["packet"]);
    return to_msgpack(make_message(std::move(from)));
}

std::optional<envelope> decode_envelope(std::string_view payload) {
    value whole;
    if (!parse_either(payload, whole)) return std::nullopt;
    const value* type = whole.find("type");
    const auto* number = type == nullptr ? nullptr : type->get_if<std::int64_t>();
    if (number == nullptr || !find_text(whole, "nsp")) return std::nullopt;
    envelope message{*number, take_text(whole, "uid"), take_text(whole, "nsp")};
    if (value* data = whole.find("data")) message.data = std::move(*data);
    return message;
}

// The last two members, as both formats have them: behind what an object begins with.
own_ending::own_ending(const std::string& uid, const std::string& nsp) {
    const value last = object{{"uid", uid}, {"nsp", nsp}};
    json_ = to_json(last).substr(1);
    packed_ = to_msgpack(last).substr(1);
}

const std::string* find_field(const stream_fields& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &stream_fields::value_type::first);
    return found == fields.end() ? nullptr : &found->second;
}

stream_fields encode_entry(const envelope& from) {
    stream_fields fields{{"uid", from.uid}, {"nsp", from.nsp}, {"type", std::to_string(from.type)}};
    if (from.data.is_null()) return fields;
    fields.emplace_back("data",
                        holds_binary(from) ? to_base64(to_msgpack(from.data)) : to_json(from.data));
    return fields;
}

std::optional<envelope> decode_entry(const stream_fields& fields) {
    const std::string* uid = find_field(fields, "uid");
    const std::string* nsp = find_field(fields, "nsp");
    const std::string* type = find_field(fields, "type");
    if (nsp == nullptr || type == nullptr) return std::nullopt;
    envelope message{0, uid == nullptr ? std::string() : *uid, *nsp};
    const char* const end = type->data() + type->size();
    const auto [stop, error] = std::from_chars(type->data(), end, message.type);
    if (error != std::errc() || stop != end) return std::nullopt;
    const std::string* data = find_field(fields, "data");
    if (data != nullptr && !read_data(*data, message.data)) return std::nullopt;
    return message;
}

std::string encode_session(const saved_session& session) {
    return to_base64(to_msgpack(object{{"sid", session.id},
                                       {"pid", session.private_id},
                                       {"rooms", make_names(session.rooms)},
                                       {"data", session.data}}));
}

std::optional<saved_session> decode_session(std::string_view text) {
    value read;
    if (!parse_msgpack(from_base64(text), read)) return std::nullopt;
    auto rooms = read_names(read.find("rooms"));
    if (!find_text(read, "sid") || !find_text(read, "pid") || !rooms) return std::nullopt;
    saved_session session{take_text(read, "sid"), take_text(read, "pid"), *std::move(rooms), {}};
    if (value* const data = read.find("data")) session.data = std::move(*data);
    return session;
}

} // namespace sockeye::adapter_redis
