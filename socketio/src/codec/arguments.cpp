#include "codec/json.hpp"

#include <sockeye/socketio/arguments.hpp>

#include <cmath>

namespace sockeye::socketio {

namespace {

// Enough to recognise what was sent; a log line must not become as long as a client likes.
constexpr std::size_t longest_quote = 40;

std::string quote(std::string_view text) {
    std::string quoted;
    append_json_string(quoted, text.substr(0, longest_quote));
    if (text.size() > longest_quote) quoted += "...";
    return quoted;
}

std::string describe_value(const value* from) {
    if (from == nullptr) return "nothing";
    std::string text(name_of(from->kind()));
    if (from->is_string()) return text + ' ' + quote(*from->get_if<std::string>());
    if (from->is_number() || from->is_bool()) {
        text += ' ';
        append_json(text, *from);
    }
    return text;
}

} // namespace

namespace detail {

bool fail(mismatch& why, std::string_view expected, const value* got) {
    why.expected = expected;
    why.got = describe_value(got);
    return false;
}

bool fail_range(mismatch& why, std::int64_t least, std::uint64_t most, const value* got) {
    return fail(why, "integer from " + std::to_string(least) + " to " + std::to_string(most), got);
}

void add_member(mismatch& why, std::string_view name) {
    std::string quoted = quote(name);
    const bool plain = quoted.size() == name.size() + 2;
    why.path.insert(0, plain ? '.' + std::string(name) : '[' + quoted + ']');
}

void add_index(mismatch& why, std::size_t index) {
    why.path.insert(0, '[' + std::to_string(index) + ']');
}

bool exact_integer(const value& from, std::uint64_t& bits, bool& negative) {
    constexpr double two_to_63 = 9223372036854775808.0;
    if (const auto* n = from.get_if<std::int64_t>()) {
        bits = static_cast<std::uint64_t>(*n);
        negative = *n < 0;
        return true;
    }
    if (const auto* n = from.get_if<std::uint64_t>()) {
        bits = *n;
        negative = false;
        return true;
    }
    const double n = from.as_double();
    if (std::trunc(n) != n || n < -two_to_63 || n >= 2 * two_to_63) return false;
    negative = n < 0;
    bits = negative ? static_cast<std::uint64_t>(static_cast<std::int64_t>(n))
                    : static_cast<std::uint64_t>(n);
    return true;
}

} // namespace detail

std::string mismatch::describe(std::string_view event) const {
    std::string text =
        argument == 0 ? "value" : "argument " + std::to_string(argument) + " of " + quote(event);
    if (!path.empty()) text += ", at " + path;
    return text + ": expected " + expected + ", got " + got;
}

} // namespace sockeye::socketio
