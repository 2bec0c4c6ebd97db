#include "codec/member_reader.hpp"

#include <sockeye/socketio/handshake.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sockeye::socketio {
namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;
// Adds the text of a name that has come before.
using joiner = void (*)(std::string_view name, value& to, const std::string& text);

value to_object(const pairs& from, joiner add) {
    object::members members;
    std::unordered_map<std::string_view, std::size_t> places;
    for (const auto& [name, text] : from) {
        const auto [place, first] = places.try_emplace(name, members.size());
        if (first)
            members.push_back({name, text});
        else
            add(name, members[place->second].val, text);
    }
    return object(std::move(members));
}

void add_to_list(std::string_view, value& to, const std::string& text) {
    if (!to.is_array()) to = array{std::move(to)};
    to.as_array().emplace_back(text);
}

// Headers of which Node keeps the first.
bool is_single(std::string_view name) {
    constexpr std::string_view names[] = {"age",
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
    return std::ranges::find(names, name) != std::end(names);
}

// As Node's `request.headers`.
void join_header(std::string_view name, value& to, const std::string& text) {
    if (name == "set-cookie") return add_to_list(name, to, text);
    if (is_single(name)) return;
    to.as_string().append(name == "cookie" ? "; " : ", ").append(text);
}

} // namespace

value to_value(const handshake& from) {
    return object{{"headers", to_object(from.headers, join_header)},
                  {"time", from.time},
                  {"address", from.address},
                  {"xdomain", from.xdomain},
                  {"secure", from.secure},
                  {"issued", from.issued},
                  {"url", from.url},
                  {"query", to_object(from.query, add_to_list)},
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
