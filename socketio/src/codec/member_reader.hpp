#pragma once

#include <sockeye/socketio/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::socketio {

// Takes an object of another server's apart. What is not as it should be is remembered, so that a
// reader asks once, at the end: what was read means nothing unless good(). Null stands for nothing,
// as JavaScript's `undefined` becomes null in some encodings.
class member_reader {
public:
    explicit member_reader(const value& from) : from_(from), good_(from.is_object()) {}

    [[nodiscard]] bool good() const { return good_; }
    void fail() { good_ = false; }
    // Null if there is none.
    [[nodiscard]] const value* find(std::string_view name) const;

    // Must be there.
    std::string string(std::string_view name);
    std::string id(std::string_view name); // a string that is not empty
    array items(std::string_view name);
    std::vector<std::string> names(std::string_view name);
    std::int64_t integer(std::string_view name); // of a double too, if it is one
    const value& member(std::string_view name);

    // May be missing.
    std::string string_or_empty(std::string_view name);
    std::optional<std::string> optional_id(std::string_view name);
    std::vector<std::string> names_or_none(std::string_view name);
    std::int64_t integer_or_zero(std::string_view name);
    bool boolean_or(std::string_view name, bool otherwise);
    value value_or(std::string_view name, value otherwise);
    std::optional<value> optional_value(std::string_view name); // null is one
    // {name: text} or {name: [text, text]}.
    std::vector<std::pair<std::string, std::string>> pairs_or_none(std::string_view name);

private:
    template<class T>
    T copy(const value* from);
    std::string name_from(const value& from);
    std::vector<std::string> names_from(const value* from);
    std::int64_t integer_from(const value* from);

    const value& from_;
    bool good_;
};

} // namespace sockeye::socketio
