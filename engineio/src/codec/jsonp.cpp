#include "codec/jsonp.hpp"

#include <algorithm>
#include <iterator>

namespace sockeye::engineio {
namespace {

constexpr bool is_digit(char c) {
    return '0' <= c && c <= '9';
}

// Names as JSON.stringify does, which is what clients have always been sent.
std::string_view short_escape(char c) {
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return {};
    }
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    if (const auto escape = short_escape(c); !escape.empty()) {
        out.append(escape);
    } else if (static_cast<unsigned char>(c) < 0x20) {
        out.append("\\u00");
        out.push_back(hex[static_cast<unsigned char>(c) >> 4]);
        out.push_back(hex[c & 15]);
    } else {
        out.push_back(c);
    }
}

// U+2028 and U+2029 end a line in JavaScript before ES2019, where JSON lets them stand in a string.
std::string_view line_separator_escape(std::string_view at) {
    if (at.starts_with("\xe2\x80\xa8")) return "\\u2028";
    if (at.starts_with("\xe2\x80\xa9")) return "\\u2029";
    return {};
}

void append_json_string(std::string& out, std::string_view text) {
    out.push_back('"');
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (const auto escape = line_separator_escape(text.substr(i)); !escape.empty()) {
            out.append(escape);
            i += 2;
        } else {
            append_escaped(out, text[i]);
        }
    }
    out.push_back('"');
}

int hex_value(char c) {
    if (is_digit(c)) return c - '0';
    if ('a' <= c && c <= 'f') return c - 'a' + 10;
    if ('A' <= c && c <= 'F') return c - 'A' + 10;
    return -1;
}

// A '%' that is not followed by two hex digits stands for itself, as in Node.js.
std::string url_decode(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && text.size() - i > 2;
        const int high = escape ? hex_value(text[i + 1]) : -1;
        const int low = escape ? hex_value(text[i + 2]) : -1;
        if (high >= 0 && low >= 0) {
            out.push_back(static_cast<char>(high * 16 + low));
            i += 2;
        } else {
            out.push_back(text[i] == '+' ? ' ' : text[i]);
        }
    }
    return out;
}

// Browsers turn newlines in a form field into CR LF, so clients write a newline as \n and what was
// \n before as \\n.
std::string restore_newlines(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto at = text.substr(i);
        if (at.starts_with("\\\\n")) {
            out.append("\\n");
            i += 2;
        } else if (at.starts_with("\\n")) {
            out.push_back('\n');
            i += 1;
        } else {
            out.push_back(text[i]);
        }
    }
    return out;
}

} // namespace

std::string jsonp_wrap(std::string_view index, std::string_view payload) {
    std::string out = "___eio[";
    std::copy_if(index.begin(), index.end(), std::back_inserter(out), is_digit);
    out.append("](");
    append_json_string(out, payload);
    out.append(");");
    return out;
}

std::optional<std::string> jsonp_body(std::string_view form_body) {
    std::optional<std::string_view> found;
    while (!form_body.empty()) {
        const auto end = std::min(form_body.find('&'), form_body.size());
        const auto field = form_body.substr(0, end);
        form_body.remove_prefix(std::min(end + 1, form_body.size()));
        if (!field.starts_with("d=")) continue;
        if (found) return std::nullopt;
        found = field.substr(2);
    }
    if (!found) return std::nullopt;
    return restore_newlines(url_decode(*found));
}

} // namespace sockeye::engineio
