#include "server/http/api_route.hpp"

#include "codec/json.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace sockeye::app {

using socketio::object;
using socketio::value;
using socketio::value_kind;

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw service_error("BAD_REQUEST", why);
}

std::string_view next_segment(std::string_view& path) {
    const auto end = std::min(path.find('/', 1), path.size());
    const std::string_view segment = path.substr(0, end);
    path.remove_prefix(end);
    return segment;
}

// As in a query, but that a plus is a plus.
std::optional<std::string> decode_segment(std::string_view segment) {
    std::string query = "x=";
    for (const char c : segment)
        c == '+' ? query.append("%2B") : query.append(1, c);
    if (segment.find_first_of("&#") != std::string_view::npos) return std::nullopt;
    return engineio::query_value(query, "x");
}

std::string_view expected(api_kind kind) {
    switch (kind) {
    case api_kind::text:
        return "a string";
    case api_kind::integer:
        return "an integer";
    case api_kind::boolean:
        return "true or false";
    case api_kind::texts:
        return "an array of strings";
    case api_kind::members:
        return "an object";
    case api_kind::objects:
        return "an array of objects";
    default:
        return "anything";
    }
}

bool holds_only(const value& from, value_kind kind) {
    const auto* items = from.get_if<socketio::array>();
    return items &&
           std::ranges::all_of(*items, [kind](const value& item) { return item.kind() == kind; });
}

bool is_of(api_kind kind, const value& from) {
    switch (kind) {
    case api_kind::text:
        return from.kind() == value_kind::string;
    case api_kind::integer:
        return from.kind() == value_kind::integer;
    case api_kind::boolean:
        return from.kind() == value_kind::boolean;
    case api_kind::texts:
        return holds_only(from, value_kind::string);
    case api_kind::members:
        return from.kind() == value_kind::object;
    case api_kind::objects:
        return holds_only(from, value_kind::object);
    default:
        return true;
    }
}

// What a query's text stands for.
value typed(api_kind kind, const std::string& text) {
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    if (kind == api_kind::integer && std::from_chars(text.data(), end, number).ptr == end)
        return number;
    if (kind == api_kind::boolean && (text == "true" || text == "false")) return text == "true";
    return text;
}

const api_field* find(const std::vector<api_field>& fields, std::string_view name) {
    const auto found = std::ranges::find(fields, name, &api_field::name);
    return found == fields.end() ? nullptr : &*found;
}

} // namespace

std::vector<api_field> always(std::initializer_list<std::pair<const char*, api_kind>> members) {
    std::vector<api_field> all;
    for (const auto& [name, kind] : members)
        all.push_back({.name = name, .kind = kind, .required = true});
    return all;
}

std::vector<api_field>
answer_with(std::initializer_list<std::pair<const char*, api_kind>> members) {
    auto all = always(members);
    all.insert(all.begin(), {.name = "ok", .kind = api_kind::boolean, .required = true});
    return all;
}

bool match_path(std::string_view form, std::string_view path, api_call& into) {
    while (!form.empty() && !path.empty()) {
        const auto expected_segment = next_segment(form);
        const auto segment = next_segment(path);
        if (!expected_segment.starts_with("/{")) {
            if (segment != expected_segment) return false;
            continue;
        }
        auto decoded = decode_segment(segment.substr(1));
        if (!decoded || decoded->empty()) return false;
        into.path[std::string(expected_segment.substr(2, expected_segment.size() - 3))] =
            *std::move(decoded);
    }
    return form.empty() && path.empty();
}

void check_members(const std::vector<api_field>& fields, const object& members) {
    for (const auto& [name, content] : members) {
        const api_field* field = find(fields, name);
        if (!field) refuse("'" + name.substr(0, 64) + "' is not known here");
        if (!is_of(field->kind, content))
            refuse("'" + name + "' must be " + std::string(expected(field->kind)));
    }
    for (const api_field& field : fields)
        if (field.required && !members.find(field.name)) refuse("'" + field.name + "' is missing");
}

object checked_query(const std::vector<api_field>& fields, std::string_view query) {
    object members;
    for (const auto& [name, text] : engineio::parse_query(query)) {
        const api_field* field = find(fields, name);
        members[name] = field ? typed(field->kind, text) : value(text);
    }
    check_members(fields, members);
    return members;
}

object checked_body(const std::vector<api_field>& fields, std::string_view body) {
    if (fields.empty()) return {};
    value content;
    if (!socketio::parse_json(body, {}, content)) refuse("the body is not JSON");
    object* members = content.get_if<object>();
    if (!members) refuse("the body must be a JSON object");
    check_members(fields, *members);
    return std::move(*members);
}

std::uint64_t number_in(const object& members, const number_rule& rule) {
    const value* given = members.find(rule.name);
    return checked_number(rule, given ? std::optional(given->as_int64()) : std::nullopt);
}

unsigned http_status(std::string_view error_code) {
    static constexpr std::pair<std::string_view, unsigned> statuses[] = {
        {"BAD_REQUEST", 400},  {"UNAUTHENTICATED", 401}, {"FORBIDDEN", 403}, {"CONFLICT", 409},
        {"RATE_LIMITED", 429}, {"UNAVAILABLE", 503},     {"INTERNAL", 500},
    };
    for (const auto& [code, status] : statuses)
        if (code == error_code) return status;
    return error_code.ends_with("_NOT_FOUND") ? 404 : 409;
}

} // namespace sockeye::app
