#include "codec/websocket_handshake.hpp"

#include "codec/base64.hpp"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace sockeye::engineio {
namespace {

constexpr std::string_view accept_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::string_view deflate_name = "permessage-deflate";

// By hand: the functions of <cctype> ask the locale.
constexpr bool is_alnum(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// RFC 9110 §5.6.2.
constexpr bool is_token_char(char c) {
    return is_alnum(c) || std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_token_char);
}

constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equals_ignoring_case(std::string_view text, std::string_view lower) {
    return std::ranges::equal(text, lower, {}, to_lower);
}

// Walks over a header field's list from left to right, each character once.
class field_reader {
public:
    explicit field_reader(std::string_view field) : rest_(field) {}

    bool at_end() {
        skip_space();
        return rest_.empty();
    }

    bool eat(char separator) {
        skip_space();
        return eat_here(separator);
    }

    // Empty if there is none.
    std::string_view token() {
        skip_space();
        return token_here();
    }

    // What follows a parameter's name: `=` and a token, or a token in quotes (RFC 6455 §9.1), with
    // no space between. False if that is malformed; no value at all is fine.
    bool value(std::optional<std::string>& out) {
        if (!eat_here('=')) return true;
        out.emplace();
        if (!eat_here('"')) return !out->assign(token_here()).empty();
        return quoted_rest(*out) && is_token(*out);
    }

private:
    void skip_space() {
        rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size()));
    }

    bool eat_here(char c) {
        if (!rest_.starts_with(c)) return false;
        rest_.remove_prefix(1);
        return true;
    }

    std::string_view token_here() {
        const auto end = std::ranges::find_if_not(rest_, is_token_char);
        const auto found = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
        rest_.remove_prefix(found.size());
        return found;
    }

    bool quoted_rest(std::string& out) {
        while (!rest_.empty()) {
            if (eat_here('"')) return true;
            eat_here('\\');
            if (rest_.empty()) return false;
            out.push_back(rest_.front());
            rest_.remove_prefix(1);
        }
        return false;
    }

    std::string_view rest_;
};

bool has_token(std::string_view list, std::string_view lower) {
    while (!list.empty()) {
        const auto comma = std::min(list.find(','), list.size());
        field_reader element(list.substr(0, comma));
        if (equals_ignoring_case(element.token(), lower) && element.at_end()) return true;
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return false;
}

// RFC 6455 §4.1: 16 bytes in base64.
bool is_valid_key(std::string_view key) {
    constexpr std::size_t digits = 22;
    return key.size() == digits + 2 && key.ends_with("==") &&
           std::ranges::all_of(key.substr(0, digits),
                               [](char c) { return is_alnum(c) || c == '+' || c == '/'; });
}

// nullopt if malformed, and so is a name offered twice (RFC 6455 §4.1).
std::optional<std::vector<std::string_view>> parse_protocols(std::string_view field) {
    std::vector<std::string_view> names;
    field_reader reader(field);
    do {
        names.push_back(reader.token());
        if (names.back().empty()) return std::nullopt;
    } while (reader.eat(','));
    if (!reader.at_end()) return std::nullopt;

    auto sorted = names;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) != sorted.end()) return std::nullopt;
    return names;
}

// 8 to 15, without leading zeros (RFC 7692 §7.1.2).
bool is_window_bits(std::string_view value) {
    constexpr std::array<std::string_view, 8> valid{"8", "9", "10", "11", "12", "13", "14", "15"};
    return std::ranges::find(valid, value) != valid.end();
}

// The parameters of one offer of permessage-deflate (RFC 7692 §7.1).
class deflate_offer {
public:
    // False if the parameter is unknown, given twice, or has a value it cannot have.
    bool add(std::string_view name, const std::optional<std::string>& value) {
        const auto known = std::ranges::find(names, name);
        if (known == names.end()) return false;
        const auto which = static_cast<std::size_t>(known - names.begin());
        if (std::exchange(seen_[which], true)) return false;

        if (which == server_max_window_bits) server_window_ = value.value_or("");
        const bool is_window = which == server_max_window_bits || which == client_max_window_bits;
        if (value) return is_window && is_window_bits(*value);
        return which != server_max_window_bits;
    }

    // Our window is zlib's largest: a frame that all recipients share cannot suit one's smaller.
    bool is_acceptable() const { return !seen_[server_max_window_bits] || server_window_ == "15"; }

    // A limit on our window is echoed (§7.1.2.1). We set none on the client's, whatever it says of
    // it: the one inflater of a thread has the largest anyway (§7.1.2.2).
    std::string answer() const {
        std::string header(deflate_name);
        header += "; server_no_context_takeover; client_no_context_takeover";
        if (seen_[server_max_window_bits]) header += "; server_max_window_bits=15";
        return header;
    }

private:
    enum : std::size_t { server_max_window_bits, client_max_window_bits };
    static constexpr std::array<std::string_view, 4> names{
        "server_max_window_bits", "client_max_window_bits", "server_no_context_takeover",
        "client_no_context_takeover"};

    std::array<bool, names.size()> seen_{};
    std::string server_window_;
};

// The parameters of one extension. False if malformed; those of extensions we do not know are
// only read over.
bool parse_parameters(field_reader& reader, deflate_offer* offer) {
    while (reader.eat(';')) {
        const auto name = reader.token();
        std::optional<std::string> value;
        if (name.empty() || !reader.value(value)) return false;
        if (offer && !offer->add(name, value)) return false;
    }
    return true;
}

} // namespace

unsigned http_status(handshake_error error) {
    return error == handshake_error::invalid_method ? 405 : 400;
}

std::string_view error_text(handshake_error error) {
    switch (error) {
    case handshake_error::invalid_method:
        return "Invalid HTTP method";
    case handshake_error::invalid_upgrade:
        return "Invalid Upgrade header";
    case handshake_error::invalid_key:
        return "Missing or invalid Sec-WebSocket-Key header";
    case handshake_error::invalid_version:
        return "Missing or invalid Sec-WebSocket-Version header";
    case handshake_error::invalid_protocol:
        return "Invalid Sec-WebSocket-Protocol header";
    case handshake_error::invalid_extensions:
        return "Invalid or unacceptable Sec-WebSocket-Extensions header";
    }
    return {};
}

bool asks_for_upgrade(std::string_view upgrade, std::string_view connection) {
    return !upgrade.empty() && has_token(connection, "upgrade");
}

std::optional<handshake_error> check_handshake(const websocket_request& request,
                                               bool deflate_enabled) {
    using enum handshake_error;
    if (request.method != "GET") return invalid_method;
    if (!request.http_1_1 || !asks_for_upgrade(request.upgrade, request.connection) ||
        !equals_ignoring_case(request.upgrade, "websocket"))
        return invalid_upgrade;
    if (!is_valid_key(request.key)) return invalid_key;
    if (request.version != "13" && request.version != "8") return invalid_version;
    if (!request.protocols.empty() && !parse_protocols(request.protocols)) return invalid_protocol;
    if (deflate_enabled &&
        negotiate_deflate(request.extensions).outcome == deflate_outcome::malformed)
        return invalid_extensions;
    return std::nullopt;
}

std::string accept_key(std::string_view sec_websocket_key) {
    const std::string text = std::string(sec_websocket_key).append(accept_guid);
    std::array<unsigned char, SHA_DIGEST_LENGTH> digest;
    SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
    std::string key;
    base64_encode(key, {reinterpret_cast<const char*>(digest.data()), digest.size()});
    return key;
}

std::string_view first_protocol(std::string_view sec_websocket_protocol) {
    const auto names = parse_protocols(sec_websocket_protocol);
    return names ? names->front() : std::string_view();
}

deflate_negotiation negotiate_deflate(std::string_view sec_websocket_extensions) {
    if (sec_websocket_extensions.empty()) return {};
    const deflate_negotiation malformed{deflate_outcome::malformed, {}};
    deflate_negotiation result;
    field_reader reader(sec_websocket_extensions);
    do {
        const auto name = reader.token();
        if (name.empty()) return malformed;
        const bool is_deflate = name == deflate_name;
        deflate_offer offer;
        if (!parse_parameters(reader, is_deflate ? &offer : nullptr)) return malformed;
        if (is_deflate && result.outcome == deflate_outcome::none && offer.is_acceptable())
            result = {deflate_outcome::accepted, offer.answer()};
    } while (reader.eat(','));
    return reader.at_end() ? result : malformed;
}

} // namespace sockeye::engineio
