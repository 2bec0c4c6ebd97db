#include "server/http/openapi.hpp"

#include <algorithm>
#include <cctype>

namespace sockeye::app {

using socketio::array;
using socketio::object;
using socketio::value;

namespace {

object schema_of(api_kind kind) {
    switch (kind) {
    case api_kind::text:
        return {{"type", "string"}};
    case api_kind::integer:
        return {{"type", "integer"}};
    case api_kind::boolean:
        return {{"type", "boolean"}};
    case api_kind::texts:
        return {{"type", "array"}, {"items", object{{"type", "string"}}}};
    case api_kind::members:
        return {{"type", "object"}};
    case api_kind::objects:
        return {{"type", "array"}, {"items", object{{"type", "object"}}}};
    default:
        return {};
    }
}

object parameter(const std::string& name, const char* in, const api_field& field) {
    object made{{"name", name},
                {"in", in},
                {"required", field.required},
                {"schema", schema_of(field.kind)}};
    if (!field.meaning.empty()) made["description"] = field.meaning;
    return made;
}

array parameters_of(const api_route& route) {
    array made;
    for (auto begin = route.path.find('{'); begin != std::string::npos;
         begin = route.path.find('{', begin + 1)) {
        const auto name = route.path.substr(begin + 1, route.path.find('}', begin) - begin - 1);
        made.push_back(parameter(name, "path", {.name = name, .required = true}));
    }
    for (const api_field& field : route.query)
        made.push_back(parameter(field.name, "query", field));
    return made;
}

object object_schema(const std::vector<api_field>& fields) {
    object properties;
    array required;
    for (const api_field& field : fields) {
        object schema = schema_of(field.kind);
        if (!field.meaning.empty()) schema["description"] = field.meaning;
        properties[field.name] = std::move(schema);
        if (field.required) required.push_back(field.name);
    }
    object made{
        {"type", "object"}, {"properties", std::move(properties)}, {"additionalProperties", false}};
    if (!required.empty()) made["required"] = std::move(required);
    return made;
}

object content_of(const std::string& media_type, object schema) {
    return {{media_type, object{{"schema", std::move(schema)}}}};
}

object json_content(object schema) {
    return content_of("application/json", std::move(schema));
}

object answer(const char* meaning, object content) {
    return {{"description", meaning}, {"content", std::move(content)}};
}

object done_content(const api_route& route) {
    if (route.respond) return content_of(route.media_type, {{"type", "string"}});
    return json_content(object_schema(route.answer));
}

object error_reference() {
    return {{"$ref", "#/components/schemas/Error"}};
}

object operation(const api_route& route) {
    object made{{"summary", route.summary}, {"parameters", parameters_of(route)}};
    if (!route.body.empty())
        made["requestBody"] =
            object{{"required", true}, {"content", json_content(object_schema(route.body))}};
    made["responses"] = object{{"200", answer("done", done_content(route))},
                               {"default", answer("refused", json_content(error_reference()))}};
    made["security"] = route.open ? value(array{}) : value(array{object{{"bearer", array{}}}});
    return made;
}

object error_schema() {
    object error{{"type", "object"},
                 {"properties", object{{"code", object{{"type", "string"}}},
                                       {"message", object{{"type", "string"}}},
                                       {"retryAfterMs", object{{"type", "integer"}}}}},
                 {"required", array{"code", "message"}}};
    return {{"type", "object"},
            {"properties", object{{"ok", object{{"const", false}}}, {"error", std::move(error)}}}};
}

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

} // namespace

object describe(const std::vector<api_route>& routes) {
    object paths;
    for (const api_route& route : routes)
        paths[route.path][lower(route.method)] = operation(route);
    return {{"openapi", "3.1.0"},
            {"info", object{{"title", "sockeye-server"}, {"version", SOCKEYE_VERSION}}},
            {"paths", std::move(paths)},
            {"components",
             object{{"schemas", object{{"Error", error_schema()}}},
                    {"securitySchemes",
                     object{{"bearer", object{{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

} // namespace sockeye::app
