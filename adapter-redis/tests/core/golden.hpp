#pragma once

// Messages captured from Node's packages: see golden/README.md.

#include "codec/json.hpp"
#include "codec/msgpack.hpp"

#include <sockeye/socketio/value.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::adapter_redis {

using socketio::array;
using socketio::binary;
using socketio::object;
using socketio::value;

struct captured {
    std::string name;
    std::string channel;
    std::string payload; // of a message
    value fields;        // of a stream's entry
    std::string session; // of a session that is kept
    value decoded;       // what it means
    bool has_date;       // which we do not write: a date that was read is text
};

inline std::string from_hex(std::string_view hex) {
    std::string bytes;
    for (std::size_t i = 0; i < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
    return bytes;
}

// What JSON has no word for is written as an object with one of these keys.
inline value meant(const value& from) {
    if (const value* bytes = from.find("$bin")) return binary{from_hex(bytes->as_string())};
    if (const value* date = from.find("$date")) return *date;
    if (from.find("$undefined")) return nullptr;
    if (const value* number = from.find("$number")) {
        if (number->as_string() == "NaN") return std::numeric_limits<double>::quiet_NaN();
        const double infinity = std::numeric_limits<double>::infinity();
        return number->as_string() == "Infinity" ? infinity : -infinity;
    }
    value to = from;
    if (auto* items = to.get_if<array>()) {
        for (value& item : *items)
            item = meant(item);
    } else if (auto* members = to.get_if<object>()) {
        for (auto& [key, member] : *members)
            member = meant(member);
    }
    return to;
}

inline std::string text_of(const value& from, std::string_view key) {
    const value* member = from.find(key);
    return member == nullptr ? std::string() : member->as_string();
}

inline std::vector<captured> read_golden(const std::string& file) {
    std::ifstream in(std::string(GOLDEN_DIR "/") + file);
    REQUIRE_MESSAGE(in, "cannot read " << file);
    std::vector<captured> all;
    for (std::string line; std::getline(in, line);) {
        value whole;
        REQUIRE(socketio::parse_json(line, {.max_depth = 200}, whole));
        const value* fields = whole.find("fields");
        all.push_back({text_of(whole, "case"), text_of(whole, "channel"),
                       from_hex(text_of(whole, "hex")), fields == nullptr ? value() : *fields,
                       text_of(whole, "value"), meant(*whole.find("decoded")),
                       line.find("$date") != std::string::npos});
    }
    REQUIRE(!all.empty());
    return all;
}

// notepack.io makes 0 of 1e300, in eight bytes.
inline bool is_damaged(const captured& message) {
    return message.name.find("float 1e300") != std::string::npos;
}

// For comparison: a NaN equals nothing, not even itself.
inline std::string bytes_of(const value& from) {
    std::string bytes;
    socketio::append_msgpack(bytes, from);
    return bytes;
}

// No message may be taken for another one, or for the beginning of one.
template<class Decode>
void check_damaged(const std::string& payload, Decode decode) {
    for (std::size_t size = 0; size < payload.size(); ++size)
        REQUIRE_FALSE(decode(std::string_view(payload).substr(0, size)));
    CHECK_FALSE(decode(payload + payload));
    CHECK_FALSE(decode(payload + "\x01"));
    CHECK_FALSE(decode(payload + "}"));
}

} // namespace sockeye::adapter_redis
