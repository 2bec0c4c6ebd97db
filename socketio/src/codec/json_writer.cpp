#include "codec/json.hpp"
#include "codec/text.hpp"

#include <boost/container/small_vector.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sockeye::socketio {

namespace {

using byte = unsigned char;

#ifdef __SSE2__

constexpr std::size_t stride = sizeof(__m128i);

// Sixteen characters that stand for themselves: ASCII, no control character, quote or backslash.
bool is_plain_stride(const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)); // signed: those above 0x7f too
    const __m128i marks = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return _mm_movemask_epi8(_mm_or_si128(low, marks)) == 0;
}

#else

constexpr std::size_t stride = sizeof(std::uint64_t);

constexpr std::uint64_t each(byte of) {
    return 0x0101010101010101U * of;
}

// Not zero if a byte of `bytes`, none of which has its high bit set, is zero.
constexpr std::uint64_t zero_byte(std::uint64_t bytes) {
    return (bytes - each(0x01)) & ~bytes & each(0x80);
}

// Eight characters that stand for themselves: ASCII, no control character, quote or backslash.
bool is_plain_stride(const char* at) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, stride);
    const std::uint64_t control = (bytes - each(0x20)) & ~bytes & each(0x80);
    const std::uint64_t marks = zero_byte(bytes ^ each('"')) | zero_byte(bytes ^ each('\\'));
    return ((bytes & each(0x80)) | control | marks) == 0;
}

#endif

bool is_plain(char c) {
    return static_cast<byte>(c) >= 0x20 && static_cast<byte>(c) < 0x80 && c != '"' && c != '\\';
}

std::size_t plain_prefix(std::string_view text, std::size_t from) {
    while (text.size() - from >= stride && is_plain_stride(text.data() + from)) {
        from += stride;
    }
    while (from < text.size() && is_plain(text[from])) {
        ++from;
    }
    return from;
}

void append_escape(std::string& out, char c) {
    constexpr std::string_view named = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    constexpr std::string_view digits = "0123456789abcdef";
    out += '\\';
    if (const std::size_t i = named.find(c); i != named.npos) {
        out += letters[i];
    } else {
        out += "u00";
        out += digits[static_cast<byte>(c) >> 4];
        out += digits[static_cast<byte>(c) & 15];
    }
}

void append_integer(std::string& out, auto n) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), n).ptr;
    out.append(text.data(), end);
}

/// Writes a tree without recursion: `open_` holds the way down to where it is.
class json_writer {
public:
    json_writer(std::string& out, std::vector<const binary*>* attachments)
        : out_(out), attachments_(attachments) {}

    void write(const value& root) {
        begin(root);
        while (!open_.empty()) {
            step();
        }
    }

private:
    struct level {
        const value* container;
        std::size_t next;
    };

    void step() {
        level& current = open_.back();
        const std::size_t i = current.next++;
        if (const auto* items = current.container->get_if<array>()) {
            if (i == items->size()) return close(']');
            if (i != 0) out_ += ',';
            begin((*items)[i]);
        } else {
            const auto& members = *current.container->get_if<object>();
            if (i == members.size()) return close('}');
            if (i != 0) out_ += ',';
            const auto& [key, val] = members.begin()[static_cast<std::ptrdiff_t>(i)];
            append_json_string(out_, key);
            out_ += ':';
            begin(val);
        }
    }

    void close(char bracket) {
        out_ += bracket;
        open_.pop_back();
    }

    void begin(const value& from) {
        switch (from.kind()) {
        case value_kind::null:
            out_ += "null";
            break;
        case value_kind::boolean:
            out_ += *from.get_if<bool>() ? "true" : "false";
            break;
        case value_kind::integer:
            append_integer(out_, *from.get_if<std::int64_t>());
            break;
        case value_kind::unsigned_integer:
            append_integer(out_, *from.get_if<std::uint64_t>());
            break;
        case value_kind::number:
            append_json_number(out_, *from.get_if<double>());
            break;
        case value_kind::string:
            append_json_string(out_, *from.get_if<std::string>());
            break;
        case value_kind::binary:
            write_binary(*from.get_if<binary>());
            break;
        case value_kind::array:
        case value_kind::object:
            out_ += from.is_array() ? '[' : '{';
            open_.push_back({&from, 0});
            break;
        }
    }

    void write_binary(const binary& data) {
        if (attachments_ != nullptr) {
            out_ += "{\"_placeholder\":true,\"num\":";
            append_integer(out_, attachments_->size());
            out_ += '}';
            attachments_->push_back(&data);
            return;
        }
        out_ += "{\"type\":\"Buffer\",\"data\":[";
        for (std::size_t i = 0; i < data.bytes.size(); ++i) {
            if (i != 0) out_ += ',';
            append_integer(out_, static_cast<unsigned>(static_cast<byte>(data.bytes[i])));
        }
        out_ += "]}";
    }

    std::string& out_;
    std::vector<const binary*>* attachments_;
    boost::container::small_vector<level, 8> open_;
};

} // namespace

void append_json_string(std::string& out, std::string_view text) {
    out += '"';
    std::size_t written = 0;
    const auto flush = [&](std::size_t until, std::size_t next) {
        out.append(text, written, until - written);
        written = next;
    };
    for (std::size_t i = plain_prefix(text, 0); i < text.size(); i = plain_prefix(text, i)) {
        if (static_cast<byte>(text[i]) < 0x80) {
            flush(i, i + 1);
            append_escape(out, text[i]);
            ++i;
            continue;
        }
        const auto [size, valid] = first_utf8_sequence(text.substr(i));
        if (!valid) {
            flush(i, i + size);
            out += replacement_character;
        }
        i += size;
    }
    flush(text.size(), text.size());
    out += '"';
}

// ECMAScript's Number::toString: the shortest digits that read back as the same number, with the
// point among them while it is near (20 places to the right, 7 to the left), else an exponent.
void append_json_number(std::string& out, double number) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    if (number == 0) {
        out += '0'; // also for -0
        return;
    }
    if (number < 0) out += '-';
    std::array<char, 32> text; // d.ddde+xx
    const auto [end, error] = std::to_chars(text.data(), text.data() + text.size(),
                                            std::abs(number), std::chars_format::scientific);
    const std::string_view all(text.data(), end);
    const std::size_t mark = all.find('e');
    std::string digits(1, all[0]); // 17 at most: no allocation beyond 15
    if (mark > 2) digits += all.substr(2, mark - 2);
    int exponent = 0;
    const char* from = end - all.size() + mark + (all[mark + 1] == '+' ? 2 : 1);
    std::from_chars(from, end, exponent);
    const int count = static_cast<int>(digits.size());
    const int point = exponent + 1; // how many digits stand before it
    if (point > 21 || point < -5) {
        out += digits[0];
        if (count > 1) out.append(1, '.').append(digits, 1);
        out += exponent < 0 ? "e-" : "e+";
        append_integer(out, std::abs(exponent));
    } else if (point <= 0) {
        out.append("0.").append(static_cast<std::size_t>(-point), '0').append(digits);
    } else if (point >= count) {
        out.append(digits).append(static_cast<std::size_t>(point - count), '0');
    } else {
        const auto whole = static_cast<std::size_t>(point);
        out.append(digits, 0, whole).append(1, '.').append(digits, whole);
    }
}

void append_json(std::string& out, const value& from) {
    json_writer(out, nullptr).write(from);
}

void append_json(std::string& out, const value& from, std::vector<const binary*>& attachments) {
    json_writer(out, &attachments).write(from);
}

} // namespace sockeye::socketio
