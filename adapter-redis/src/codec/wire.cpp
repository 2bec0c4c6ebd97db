#include "codec/wire.hpp"

#include "codec/json.hpp"
#include "codec/msgpack.hpp"
#include "codec/text.hpp"

#include <chrono>

namespace sockeye::adapter_redis {

using socketio::array;
using socketio::object;

namespace {

// Deeper than what clients may send, which comes wrapped. Elements bound what a message takes in
// memory to some hundred megabytes; the details of ten thousand sockets are about a tenth of that.
constexpr socketio::parser_limits wire_limits{.max_depth = 200, .max_elements = 4'000'000};

bool is_true(const value* flag) {
    return flag != nullptr && *flag == value(true);
}

/// Far more than anyone waits, and what a chrono duration holds.
constexpr std::int64_t longest_timeout = std::int64_t{1} << 40;

emit_flags read_flags(const value* from) {
    emit_flags flags;
    if (from == nullptr) return flags;
    flags.volatile_ = is_true(from->find("volatile"));
    flags.single_answer = is_true(from->find("expectSingleResponse"));
    const value* compress = from->find("compress");
    flags.compress = compress == nullptr || *compress != value(false);
    const value* timeout = from->find("timeout");
    const auto* limit = timeout == nullptr ? nullptr : timeout->get_if<std::int64_t>();
    if (limit != nullptr && *limit >= 0 && *limit <= longest_timeout) {
        flags.timeout = std::chrono::milliseconds(*limit);
    }
    return flags;
}

// In the order in which the calls that set them usually come.
value make_flags(const emit_flags& from) {
    object flags;
    if (from.single_answer) flags["expectSingleResponse"] = true;
    if (from.timeout) flags["timeout"] = static_cast<std::int64_t>(from.timeout->count());
    if (from.volatile_) flags["volatile"] = true;
    if (!from.compress) flags["compress"] = false;
    return flags;
}

std::optional<std::string> read_name(const value& from) {
    if (const auto* text = from.get_if<std::string>()) return *text;
    if (!from.is_number()) return std::nullopt;
    std::string decimal;
    socketio::append_json(decimal, from);
    return decimal;
}

} // namespace

bool parse_json(std::string_view bytes, value& into) {
    return socketio::is_utf8(bytes) && socketio::parse_json(bytes, wire_limits, into);
}

bool parse_msgpack(std::string_view bytes, value& into) {
    return socketio::parse_msgpack(bytes, wire_limits, into, socketio::msgpack_dialect::server);
}

bool parse_either(std::string_view bytes, value& into) {
    return bytes.starts_with('{') ? parse_json(bytes, into) : parse_msgpack(bytes, into);
}

const std::string* find_text(const value& from, std::string_view key) {
    const value* member = from.find(key);
    return member == nullptr ? nullptr : member->get_if<std::string>();
}

std::string take_text(value& from, std::string_view key) {
    value* member = from.find(key);
    auto* text = member == nullptr ? nullptr : member->get_if<std::string>();
    return text == nullptr ? std::string() : std::move(*text);
}

std::optional<std::vector<std::string>> read_names(const value* from) {
    std::vector<std::string> names;
    if (from == nullptr || from->is_null()) return names;
    const auto* items = from->get_if<array>();
    if (items == nullptr) return std::nullopt;
    names.reserve(items->size());
    for (const value& item : *items) {
        auto name = read_name(item);
        if (!name) return std::nullopt;
        names.push_back(std::move(*name));
    }
    return names;
}

std::optional<operation_options> read_options(const value& from) {
    auto rooms = read_names(from.find("rooms"));
    auto except = read_names(from.find("except"));
    if (!from.get_if<object>() || !rooms || !except) return std::nullopt;
    return operation_options{{std::move(*rooms), std::move(*except)},
                             read_flags(from.find("flags"))};
}

value make_names(const std::vector<std::string>& names) {
    return array(names.begin(), names.end());
}

value make_selection(const selection& to) {
    return object{{"rooms", make_names(to.rooms)}, {"except", make_names(to.except)}};
}

value make_options(const selection& to, const emit_flags& flags) {
    value options = make_selection(to);
    options.as_object()["flags"] = make_flags(flags);
    return options;
}

} // namespace sockeye::adapter_redis
