#pragma once

#include "server/requests.hpp"

#include <sockeye/app/context.hpp>
#include <sockeye/engineio/http.hpp>
#include <sockeye/socketio/value.hpp>

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::app {

enum class api_kind : std::uint8_t { text, integer, boolean, anything, texts, members, objects };

/// A member of a body or of an answer, or a parameter of a query.
struct api_field {
    std::string name;
    api_kind kind = api_kind::text;
    bool required = false;
    std::string meaning = {};
};

/// Members that are always there.
std::vector<api_field> always(std::initializer_list<std::pair<const char*, api_kind>> members);
/// Of most answers: `ok`, and these.
std::vector<api_field>
answer_with(std::initializer_list<std::pair<const char*, api_kind>> members = {});

/// A request whose path, query and body are as the route says.
struct api_call {
    std::map<std::string, std::string, std::less<>> path = {};
    socketio::object query = {};
    socketio::object body = {};
};

/// One operation of the HTTP API: what is served, what is checked and what is documented.
struct api_route {
    std::string method;
    std::string path; // "/api/rooms/{roomId}": a segment in braces is a parameter
    std::string summary;
    std::vector<api_field> query = {};
    std::vector<api_field> body = {};
    bool open = false; // to everyone
    std::vector<api_field> answer = answer_with();
    // What it answers: an object, which is sent as JSON, or, of another media type, a response.
    std::function<task<socketio::object>(api_call)> handle = {};
    std::string media_type = "application/json";
    std::function<task<engineio::http_response>(api_call)> respond = {};
};

/// Whether the path is of that form, and its parameters, decoded.
bool match_path(std::string_view form, std::string_view path, api_call& into);

/// Throw service_error BAD_REQUEST, which names the member and what is expected of it.
socketio::object checked_query(const std::vector<api_field>& fields, std::string_view query);
socketio::object checked_body(const std::vector<api_field>& fields, std::string_view body);
/// Also for objects inside of a body.
void check_members(const std::vector<api_field>& fields, const socketio::object& members);

/// Of checked members.
std::uint64_t number_in(const socketio::object& members, const number_rule& rule);

/// 400 for "BAD_REQUEST", and so on.
unsigned http_status(std::string_view error_code);

} // namespace sockeye::app
