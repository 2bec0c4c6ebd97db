#include "codec/json.hpp"
#include "codec/value_builder.hpp"

#ifdef __SSE2__
#define RAPIDJSON_SSE2 // looks at 16 characters of a string at once
#endif
#include <rapidjson/reader.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <system_error>

namespace sockeye::socketio {

namespace {

/// What RapidJSON calls.
class json_handler {
public:
    explicit json_handler(const parser_limits& limits) : builder_(limits) {}

    bool Null() { return builder_.add(nullptr); }
    bool Bool(bool yes) { return builder_.add(yes); }
    // Numbers come as text, but the reader wants these too.
    bool Int(int) { return false; }
    bool Uint(unsigned) { return false; }
    bool Int64(std::int64_t) { return false; }
    bool Uint64(std::uint64_t) { return false; }
    bool Double(double) { return false; }
    bool RawNumber(const char* text, unsigned size, bool) {
        const char* const end = text + size;
        return add_as<std::int64_t>(text, end) || add_as<std::uint64_t>(text, end) ||
               add_as<double>(text, end);
    }
    bool String(const char* text, unsigned size, bool) {
        return builder_.add(std::string_view(text, size));
    }
    bool Key(const char* text, unsigned size, bool) {
        return builder_.add_key(std::string_view(text, size));
    }
    bool StartArray() { return builder_.open_array(); }
    bool StartObject() { return builder_.open_object(); }
    bool EndArray(unsigned) { return builder_.close(); }
    bool EndObject(unsigned) { return builder_.close(); }

    value take() { return builder_.take(); }

private:
    /// False: the number is none of that type, or beyond what the type holds.
    template<class Number>
    bool add_as(const char* text, const char* end) {
        Number n{};
        const auto [stop, error] = std::from_chars(text, end, n);
        return error == std::errc() && stop == end && builder_.add(n);
    }

    value_builder builder_;
};

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Whether a \uXXXX of a surrogate's kind begins at `i`: "89ab" for the first of a pair, "cdef"
/// for the second.
bool is_surrogate_escape(std::string_view text, std::size_t i, std::string_view kind) {
    return i + 6 <= text.size() && text[i] == '\\' && text[i + 1] == 'u' &&
           (text[i + 2] | 0x20) == 'd' &&
           kind.find(static_cast<char>(text[i + 3] | 0x20)) != kind.npos && is_hex(text[i + 4]) &&
           is_hex(text[i + 5]);
}

/// JSON.stringify escapes half a surrogate pair, and JSON.parse takes it; the reader wants a whole
/// one. Returns how many such escapes became U+FFFD.
std::size_t repair_surrogates(std::string& text) {
    constexpr std::string_view first = "89ab";
    constexpr std::string_view second = "cdef";
    std::size_t repaired = 0;
    for (std::size_t i = text.find('\\'); i < text.size(); i = text.find('\\', i)) {
        if (is_surrogate_escape(text, i, first) && is_surrogate_escape(text, i + 6, second)) {
            i += 12;
        } else if (is_surrogate_escape(text, i, first) || is_surrogate_escape(text, i, second)) {
            text.replace(i + 2, 4, "fffd");
            ++repaired;
            i += 6;
        } else {
            i += 2; // the next character is escaped, and may be a backslash
        }
    }
    return repaired;
}

/// One of 0x1a to 0x1f, which stand nowhere in JSON. The reader sees to the other control
/// characters.
bool has_high_control(std::string_view text) {
    const auto is_one = [](char c) { return c >= 0x1a && c <= 0x1f; };
    const char* at = text.data();
    const char* const end = at + text.size();
#ifdef __SSE2__
    for (; end - at >= std::ptrdiff_t{sizeof(__m128i)}; at += sizeof(__m128i)) {
        const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
        const __m128i above = _mm_sub_epi8(bytes, _mm_set1_epi8(0x1a)); // those: 0 to 5
        const __m128i found = _mm_cmpeq_epi8(_mm_min_epu8(above, _mm_set1_epi8(5)), above);
        if (_mm_movemask_epi8(found) != 0) return true;
    }
#endif
    return std::any_of(at, end, is_one);
}

constexpr std::size_t safe_recursion = 200; // arrays and objects within each other

/// Reads `text`, of which nothing is left then: the reader unescapes strings where they are.
bool read_in_place(std::string& text, const parser_limits& limits, value& into) {
    using pool = rapidjson::MemoryPoolAllocator<>;
    // The reader's stack, so that the usual packet costs no allocation.
    std::array<char, 2048> buffer;
    pool allocator(buffer.data(), buffer.size());
    rapidjson::GenericReader<rapidjson::UTF8<>, rapidjson::UTF8<>, pool> reader(&allocator, 1024);
    const std::size_t size = text.size();
    text.reserve(size + 16); // it may look that far behind the end
    rapidjson::InsituStringStream stream(text.data());
    json_handler handler(limits);
    // Numbers are checked, not converted: std::from_chars does that, exactly.
    constexpr unsigned flags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
    // Recursion is quicker, and goes no deeper than the handler lets it.
    const bool read = limits.max_depth <= safe_recursion
                          ? reader.Parse<flags>(stream, handler)
                          : reader.Parse<flags | rapidjson::kParseIterativeFlag>(stream, handler);
    // A NUL ends the text for the reader, so what follows one must be looked for.
    if (!read || stream.Tell() != size) return false;
    into = handler.take();
    return true;
}

bool has_surrogate_escape(std::string_view text) {
    for (std::size_t i = text.find('\\'); i != text.npos && i + 2 < text.size();
         i = text.find('\\', i + 1)) {
        if (text[i + 1] == 'u' && (text[i + 2] | 0x20) == 'd') return true;
    }
    return false;
}

} // namespace

bool parse_json(std::string_view text, const parser_limits& limits, value& into) {
    if (has_high_control(text)) return false;
    constexpr std::size_t kept_bytes = 64 * 1024;
    thread_local std::string copy; // warm from the packets before
    copy.assign(text);
    if (has_surrogate_escape(text)) repair_surrogates(copy);
    const bool good = read_in_place(copy, limits, into);
    if (copy.capacity() > kept_bytes) std::string().swap(copy);
    return good;
}

} // namespace sockeye::socketio
