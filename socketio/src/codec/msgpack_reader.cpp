#include "codec/msgpack.hpp"
#include "codec/text.hpp"
#include "codec/value_builder.hpp"

#include <msgpack/null_visitor.hpp>
#include <msgpack/unpack.hpp> // parse.hpp alone does not compile

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>
#include <utility>

namespace sockeye::socketio {

namespace {

constexpr char fixext_1 = '\xd4';
constexpr char fixext_8 = '\xd7';
constexpr char timestamp_type = -1;

std::uint64_t read_big_endian(std::string_view bytes) {
    std::uint64_t n = 0;
    for (const char byte : bytes) {
        n = n << 8 | static_cast<unsigned char>(byte);
    }
    return n;
}

/// The extension type -1 of MessagePack's specification, in milliseconds since 1970.
std::optional<std::int64_t> read_timestamp(std::string_view content) {
    std::uint64_t nanoseconds = 0;
    std::int64_t seconds = 0;
    if (content.size() == 4) {
        seconds = static_cast<std::int64_t>(read_big_endian(content));
    } else if (content.size() == 8) {
        const std::uint64_t both = read_big_endian(content);
        nanoseconds = both >> 34;
        seconds = static_cast<std::int64_t>(both & ((std::uint64_t{1} << 34) - 1));
    } else if (content.size() == 12) {
        nanoseconds = read_big_endian(content.substr(0, 4));
        seconds = static_cast<std::int64_t>(read_big_endian(content.substr(4)));
    } else {
        return std::nullopt;
    }
    if (nanoseconds > 999'999'999) return std::nullopt;
    // Far beyond what a Date holds, hence null in the end; and the product must not overflow.
    constexpr std::int64_t last_second = 10'000'000'000'000;
    seconds = std::clamp(seconds, -last_second, last_second);
    return seconds * 1000 + static_cast<std::int64_t>(nanoseconds / 1'000'000);
}

/// As JSON.stringify writes a Date: null beyond what a Date can be.
value date_text(std::int64_t milliseconds) {
    constexpr std::int64_t last_date = 8'640'000'000'000'000; // ECMA-262, 21.4.1.1
    if (milliseconds < -last_date || milliseconds > last_date) return nullptr;
    std::int64_t part = milliseconds % 1000;
    if (part < 0) part += 1000;
    const std::time_t second = (milliseconds - part) / 1000;
    std::tm at{};
    gmtime_r(&second, &at);
    const int year = at.tm_year + 1900;
    const char* const form = year < 0      ? "%07d-%02d-%02dT%02d:%02d:%02d.%03dZ"
                             : year > 9999 ? "+%06d-%02d-%02dT%02d:%02d:%02d.%03dZ"
                                           : "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ";
    std::array<char, 96> text;
    std::snprintf(text.data(), text.size(), form, year, at.tm_mon + 1, at.tm_mday, at.tm_hour,
                  at.tm_min, at.tm_sec, static_cast<int>(part));
    return text.data();
}

/// What msgpack's parser calls. False stops it.
class msgpack_handler : public msgpack::null_visitor {
public:
    msgpack_handler(const parser_limits& limits, msgpack_dialect dialect)
        : builder_(limits), dialect_(dialect) {}

    bool visit_nil() { return add(nullptr); }
    bool visit_boolean(bool yes) { return add(yes); }
    bool visit_positive_integer(std::uint64_t n) { return add(n); }
    bool visit_negative_integer(std::int64_t n) { return add(n); }
    bool visit_float32(float n) { return add(n); }
    bool visit_float64(double n) { return add(n); }
    bool visit_str(const char* text, std::uint32_t size) {
        const std::string_view whole(text, size);
        if (!is_utf8(whole)) return false;
        return std::exchange(key_expected_, false) ? builder_.add_key(whole) : add(whole);
    }
    bool visit_bin(const char* bytes, std::uint32_t size) {
        return add(binary{std::string(bytes, size)});
    }

    /// `bytes` begins with the extension's type.
    bool visit_ext(const char* bytes, std::uint32_t size) {
        if (size == 0) return false;
        const std::string_view content(bytes + 1, size - 1);
        if (bytes[0] == timestamp_type && dialect_ == msgpack_dialect::server) {
            const auto date = read_timestamp(content);
            return date && add(date_text(*date));
        }
        if (bytes[0] != 0) return false; // of no dialect
        // What is meant depends on which form was chosen, although others are of the same length.
        // The parser reads from one piece of memory: the form, or its length, stands before.
        if (bytes[-1] == fixext_1) return add(nullptr);
        if (bytes[-1] == fixext_8)
            return add_date(static_cast<std::int64_t>(read_big_endian(content)));
        return add(binary{std::string(content)});
    }

    bool start_array(std::uint32_t) { return !key_expected_ && builder_.open_array(); }
    bool end_array() { return builder_.close(); }
    bool start_map(std::uint32_t) { return !key_expected_ && builder_.open_object(); }
    bool start_map_key() {
        key_expected_ = true;
        return true;
    }
    bool end_map() { return builder_.close(); }

    value take() { return builder_.take(); }

private:
    template<class Leaf>
    bool add(Leaf&& leaf) {
        return !key_expected_ && builder_.add(std::forward<Leaf>(leaf));
    }

    bool add_date(std::int64_t milliseconds) {
        if (dialect_ == msgpack_dialect::server) return add(date_text(milliseconds));
        return add(milliseconds);
    }

    value_builder builder_;
    msgpack_dialect dialect_;
    bool key_expected_ = false; // only a string will do
};

} // namespace

bool parse_msgpack(std::string_view bytes, const parser_limits& limits, value& into,
                   msgpack_dialect dialect) {
    msgpack_handler handler(limits, dialect);
    std::size_t end = 0;
    if (!msgpack::parse(bytes.data(), bytes.size(), end, handler)) return false;
    if (end != bytes.size()) return false;
    into = handler.take();
    return true;
}

} // namespace sockeye::socketio
