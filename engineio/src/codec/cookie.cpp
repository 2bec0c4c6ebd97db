#include "codec/cookie.hpp"

#include "codec/http_chars.hpp"
#include "codec/http_response_writer.hpp"

#include <algorithm>

namespace sockeye::engineio {

namespace {

bool is_domain_char(char c) {
    return detail::is_alphanumeric(static_cast<unsigned char>(c)) || c == '-' || c == '.';
}

bool is_path_char(char c) {
    return c >= ' ' && c <= '~' && c != ';';
}

// CVE-2024-47764: what is put into a cookie must not be able to begin another attribute.
bool is_serializable(const cookie_options& options) {
    return !options.name.empty() && consists_of(options.name, token_char) &&
           std::ranges::all_of(options.domain, is_domain_char) &&
           std::ranges::all_of(options.path, is_path_char);
}

// As JavaScript's encodeURIComponent.
void append_percent_encoded(std::string& out, std::string_view text) {
    static constexpr std::string_view unreserved_marks = "-_.!~*'()";
    static constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (detail::is_alphanumeric(byte) || unreserved_marks.find(c) != std::string_view::npos) {
            out += c;
        } else {
            out += '%';
            out += digits[byte >> 4];
            out += digits[byte & 0xF];
        }
    }
}

std::string_view attribute(cookie_priority priority) {
    switch (priority) {
    case cookie_priority::unset:
        break;
    case cookie_priority::low:
        return "; Priority=Low";
    case cookie_priority::medium:
        return "; Priority=Medium";
    case cookie_priority::high:
        return "; Priority=High";
    }
    return "";
}

std::string_view attribute(cookie_same_site same_site) {
    switch (same_site) {
    case cookie_same_site::unset:
        break;
    case cookie_same_site::none:
        return "; SameSite=None";
    case cookie_same_site::lax:
        return "; SameSite=Lax";
    case cookie_same_site::strict:
        return "; SameSite=Strict";
    }
    return "";
}

} // namespace

std::string serialize_cookie(const cookie_options& options, std::string_view value) {
    if (!is_serializable(options)) return {};
    std::string cookie = options.name + "=";
    append_percent_encoded(cookie, value);
    if (options.max_age) cookie += "; Max-Age=" + std::to_string(options.max_age->count());
    if (!options.domain.empty()) cookie += "; Domain=" + options.domain;
    if (!options.path.empty()) cookie += "; Path=" + options.path;
    if (options.expires)
        cookie += "; Expires=" + http_date(std::chrono::system_clock::to_time_t(*options.expires));
    if (options.http_only) cookie += "; HttpOnly";
    if (options.secure) cookie += "; Secure";
    if (options.partitioned) cookie += "; Partitioned";
    cookie += attribute(options.priority);
    cookie += attribute(options.same_site);
    return cookie;
}

} // namespace sockeye::engineio
