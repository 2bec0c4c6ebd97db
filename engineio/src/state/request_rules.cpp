#include "state/request_rules.hpp"

#include <algorithm>

namespace sockeye::engineio {
namespace {

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// Enough of JSON for sentences of our own, and for what allow_request says.
std::string json_string(std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += {'\\', c};
        } else if (static_cast<unsigned char>(c) < 0x20) {
            out += "\\u00";
            out += {hex[(c >> 4) & 15], hex[c & 15]};
        } else {
            out += c;
        }
    }
    return out += '"';
}

} // namespace

engine_query::engine_query(std::string_view query) {
    const auto value = [&](std::string_view name) { return query_value(query, name); };
    transport = value("transport").value_or("");
    sid = value("sid").value_or("");
    jsonp = value("j");
    if (jsonp && jsonp->empty()) jsonp.reset();
    base64_only = !value("b64").value_or("").empty();
    if (value("EIO").value_or("") == "4") revision = protocol::v4;
}

bool path_matches(const server_options& options, std::string_view target) {
    std::string_view path = options.path;
    if (path.ends_with('/')) path.remove_suffix(1);
    if (!target.starts_with(path)) return false;
    target.remove_prefix(path.size());
    return !options.add_trailing_slash || target.starts_with('/');
}

std::optional<refusal> check_transport(const server_options& options, const engine_query& query,
                                       const http_request& request) {
    const bool known = (query.transport == "polling" && options.polling) ||
                       (query.transport == "websocket" && options.websocket);
    if (!known) return refusal{request_error::transport_unknown, {}, {}, query.transport};
    const std::string_view origin = request.header("origin");
    if (std::any_of(origin.begin(), origin.end(), is_control))
        return refusal{request_error::bad_request, {}, "INVALID_ORIGIN"};
    return std::nullopt;
}

std::optional<refusal> check_session(const engine_query& query, bool upgrade,
                                     const session_facts* session) {
    if (!session) return refusal{request_error::session_unknown, {}, {}, {}};
    if (!upgrade && query.transport != name(session->transport))
        return refusal{request_error::bad_request, {}, "TRANSPORT_MISMATCH", query.transport};
    if (query.revision != session->revision)
        return refusal{request_error::bad_request, {}, "PROTOCOL_MISMATCH"};
    // The reference completes this handshake and closes the WebSocket at once; a plain refusal says
    // the same sooner. Not so for a WebSocket too many (one probes, or carries the session): there
    // clients count on the close, see live_session::on_upgrade.
    if (upgrade && query.transport != "websocket")
        return refusal{request_error::bad_request, {}, "TRANSPORT_MISMATCH", query.transport};
    return std::nullopt;
}

std::optional<refusal> check_handshake(const engine_query& query, bool upgrade,
                                       std::string_view method) {
    if (method != "GET")
        return refusal{request_error::bad_handshake_method, {}, {}, std::string(method)};
    if (upgrade != (query.transport == "websocket"))
        return refusal{request_error::bad_request, {}, "TRANSPORT_HANDSHAKE_ERROR"};
    return std::nullopt;
}

std::optional<refusal> check_revision(const server_options& options, const engine_query& query) {
    if (query.revision == protocol::v3 && !options.allow_eio3)
        return refusal{request_error::unsupported_protocol, {}, {}, "3"};
    return std::nullopt;
}

std::string open_packet(const server_options& options, std::string_view sid,
                        transport_kind transport) {
    const bool upgradable =
        transport == transport_kind::polling && options.websocket && options.allow_upgrades;
    std::string json = "{\"sid\":" + json_string(sid);
    json += upgradable ? ",\"upgrades\":[\"websocket\"]" : ",\"upgrades\":[]";
    json += ",\"pingInterval\":" + std::to_string(options.ping_interval.count());
    json += ",\"pingTimeout\":" + std::to_string(options.ping_timeout.count());
    json += ",\"maxPayload\":" + std::to_string(options.max_payload) + '}';
    return json;
}

std::string refusal_json(const refusal& why) {
    return "{\"code\":" + std::to_string(static_cast<int>(why.code)) +
           ",\"message\":" + json_string(why.text()) + '}';
}

} // namespace sockeye::engineio
