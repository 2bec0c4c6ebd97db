#include "codec/member_reader.hpp"

#include <sockeye/socketio/handshake.hpp>

#include <cstddef>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sockeye::socketio {
namespace {

// A name that comes more than once has an array of its texts.
value to_object(const std::vector<std::pair<std::string, std::string>>& pairs) {
    object::members members;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const auto& [name, text] : pairs) {
        const auto [place, first] = places.try_emplace(name, members.size());
        if (first) {
            members.push_back({name, text});
            continue;
        }
        value& texts = members[place->second].val;
        if (!texts.is_array()) texts = array{std::move(texts)};
        texts.as_array().emplace_back(text);
    }
    return object(std::move(members));
}

} // namespace

value to_value(const handshake& from) {
    return object{{"headers", to_object(from.headers)},
                  {"time", from.time},
                  {"address", from.address},
                  {"xdomain", from.xdomain},
                  {"secure", from.secure},
                  {"issued", from.issued},
                  {"url", from.url},
                  {"query", to_object(from.query)},
                  {"auth", from.auth}};
}

value to_value(const socket_details& from) {
    return object{{"id", from.id},
                  {"handshake", to_value(from.handshake)},
                  {"rooms", array(from.rooms.begin(), from.rooms.end())},
                  {"data", from.data}};
}

std::optional<handshake> handshake_from(const value& from) {
    member_reader reader(from);
    handshake made{.headers = reader.pairs_or_none("headers"),
                   .time = reader.string_or_empty("time"),
                   .address = reader.string_or_empty("address"),
                   .xdomain = reader.boolean_or("xdomain", false),
                   .secure = reader.boolean_or("secure", false),
                   .issued = reader.integer_or_zero("issued"),
                   .url = reader.string_or_empty("url"),
                   .query = reader.pairs_or_none("query"),
                   .auth = reader.value_or("auth", object{})};
    if (!reader.good()) return std::nullopt;
    return made;
}

std::optional<socket_details> socket_details_from(const value& from) {
    member_reader reader(from);
    auto read_handshake = handshake_from(reader.value_or("handshake", object{}));
    socket_details made{.id = reader.id("id"),
                        .handshake = {},
                        .rooms = reader.names_or_none("rooms"),
                        .data = reader.value_or("data", object{})};
    if (!reader.good() || !read_handshake) return std::nullopt;
    made.handshake = *std::move(read_handshake);
    return made;
}

} // namespace sockeye::socketio
