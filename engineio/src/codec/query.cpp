// Query strings as the WHATWG URL standard reads them (§5.1, application/x-www-form-urlencoded):
// '+' is a space, a '%' without two hex digits is itself, and what is not UTF-8 becomes U+FFFD, so
// that whatever is kept of a query can be written as JSON again.
#include "codec/http_chars.hpp"
#include "codec/utf8.hpp"

#include <sockeye/engineio/http.hpp>

#include <algorithm>
#include <map>

namespace sockeye::engineio {

namespace {

std::string percent_decode(std::string_view text) {
    std::string decoded;
    decoded.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto high = i + 2 < text.size() ? hex_value(text[i + 1]) : std::nullopt;
        const auto low = high ? hex_value(text[i + 2]) : std::nullopt;
        if (text[i] == '%' && low) {
            decoded += static_cast<char>(*high << 4 | *low);
            i += 2;
        } else {
            decoded += text[i] == '+' ? ' ' : text[i];
        }
    }
    return decoded;
}

struct utf8_form {
    std::size_t size; // 0: no character begins with this byte
    unsigned char second_min = 0x80;
    unsigned char second_max = 0xBF;
};

utf8_form form_of(unsigned char lead) {
    if (lead < 0x80) return {1};
    if (lead < 0xC2 || lead > 0xF4) return {0};
    if (lead < 0xE0) return {2};
    if (lead == 0xE0) return {3, 0xA0, 0xBF};
    if (lead == 0xED) return {3, 0x80, 0x9F}; // above are the surrogates
    if (lead < 0xF0) return {3};
    if (lead == 0xF0) return {4, 0x90, 0xBF};
    if (lead == 0xF4) return {4, 0x80, 0x8F};
    return {4};
}

// How much of the front of `text` could begin a character of that form.
std::size_t matching_size(std::string_view text, const utf8_form& form) {
    std::size_t size = 1;
    for (; size < std::min(form.size, text.size()); ++size) {
        const auto byte = static_cast<unsigned char>(text[size]);
        const bool second = size == 1;
        if (byte < (second ? form.second_min : 0x80) || byte > (second ? form.second_max : 0xBF))
            break;
    }
    return size;
}

// One U+FFFD for as much as could begin a character (the Encoding standard, §4.1).
std::string repair_utf8(std::string text) {
    if (is_valid_utf8(text)) return text;
    std::string repaired;
    for (std::string_view rest = text; !rest.empty();) {
        const auto form = form_of(static_cast<unsigned char>(rest.front()));
        const auto size = matching_size(rest, form);
        repaired += size == form.size ? rest.substr(0, size) : "\xEF\xBF\xBD";
        rest.remove_prefix(size);
    }
    return repaired;
}

std::string form_decode(std::string_view text) {
    return repair_utf8(percent_decode(text));
}

// Of ASCII, so that what is left needs no repair either.
bool stands_for_itself(char c) {
    return static_cast<unsigned char>(c) < 0x80 && c != '%' && c != '+';
}

bool is_name(std::string_view encoded, std::string_view name) {
    const bool plain = std::ranges::all_of(encoded, stands_for_itself);
    return plain ? encoded == name : form_decode(encoded) == name;
}

template<typename Visitor>
void for_each_pair(std::string_view query, Visitor visit) {
    while (!query.empty()) {
        const auto pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(pair.size() + 1, query.size()));
        if (pair.empty()) continue;
        const auto name = pair.substr(0, pair.find('='));
        visit(name, pair.substr(std::min(name.size() + 1, pair.size())));
    }
}

} // namespace

std::optional<std::string> query_value(std::string_view query, std::string_view name) {
    std::optional<std::string_view> last;
    for_each_pair(query, [&](std::string_view key, std::string_view value) {
        if (is_name(key, name)) last = value;
    });
    return last ? std::optional(form_decode(*last)) : std::nullopt;
}

std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    std::map<std::string, std::size_t> positions; // ordered: a hash could be attacked
    for_each_pair(query, [&](std::string_view key, std::string_view value) {
        const auto [position, is_new] = positions.try_emplace(form_decode(key), pairs.size());
        if (is_new) pairs.emplace_back(position->first, std::string());
        pairs[position->second].second = form_decode(value);
    });
    return pairs;
}

} // namespace sockeye::engineio
