#pragma once

#include <sockeye/engineio/error.hpp>
#include <sockeye/engineio/http.hpp>
#include <sockeye/engineio/options.hpp>
#include <sockeye/engineio/packet.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace sockeye::engineio {

// What a request's query says to Engine.IO.
struct engine_query {
    explicit engine_query(std::string_view query);

    std::string transport;
    std::string sid;                  // empty: a handshake
    std::optional<std::string> jsonp; // the index that a JSONP poll wants its answer for
    bool base64_only = false;         // the client cannot take bytes
    protocol revision = protocol::v3; // without `EIO=4`
};

// Why a request is turned away: the code and sentence that the client is told, and for the
// application's eyes the check that failed.
struct refusal {
    request_error code;
    std::string message; // empty: the code's own
    std::string_view check = {};
    std::string detail = {};

    [[nodiscard]] std::string_view text() const {
        return message.empty() ? engineio::message(code) : std::string_view(message);
    }
};

// What the rules need to know of the session that a request names.
struct session_facts {
    protocol revision;
    transport_kind transport;
};

// Whether the path belongs to an Engine.IO server, given its options: a prefix decides, as in the
// reference.
bool path_matches(const server_options& options, std::string_view target);

// The checks of a request, in the reference's order. An upgrade is what wants to become a
// WebSocket.
std::optional<refusal> check_transport(const server_options& options, const engine_query& query,
                                       const http_request& request);
std::optional<refusal> check_session(const engine_query& query, bool upgrade,
                                     const session_facts* session);
std::optional<refusal> check_handshake(const engine_query& query, bool upgrade,
                                       std::string_view method);
std::optional<refusal> check_revision(const server_options& options, const engine_query& query);

// The JSON of the open packet.
std::string open_packet(const server_options& options, std::string_view sid,
                        transport_kind transport);
// {"code":1,"message":"Session ID unknown"}
std::string refusal_json(const refusal& why);

} // namespace sockeye::engineio
