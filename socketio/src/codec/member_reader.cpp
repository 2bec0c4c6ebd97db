#include "codec/member_reader.hpp"

#include <cmath>

namespace sockeye::socketio {

const value* member_reader::find(std::string_view name) const {
    const value* const found = from_.find(name);
    return found && !found->is_null() ? found : nullptr;
}

template<class T>
T member_reader::copy(const value* from) {
    const T* const content = from ? from->get_if<T>() : nullptr;
    if (!content) fail();
    return content ? *content : T{};
}

// Callers in JavaScript name rooms by numbers, too.
std::string member_reader::name_from(const value& from) {
    return from.is_integer() && from.get_if<std::int64_t>() ? std::to_string(from.as_int64())
                                                            : copy<std::string>(&from);
}

std::vector<std::string> member_reader::names_from(const value* from) {
    std::vector<std::string> list;
    const array* const items = from ? from->get_if<array>() : nullptr;
    if (!items) return fail(), list;
    list.reserve(items->size());
    for (const value& item : *items)
        list.push_back(name_from(item));
    return list;
}

std::int64_t member_reader::integer_from(const value* from) {
    if (from && from->get_if<double>()) {
        constexpr double exact = 9007199254740992; // 2^53
        const double number = from->as_double();
        if (std::abs(number) <= exact && std::trunc(number) == number)
            return static_cast<std::int64_t>(number);
    }
    return copy<std::int64_t>(from);
}

// ---- must be there

std::string member_reader::string(std::string_view name) {
    return copy<std::string>(find(name));
}

std::string member_reader::id(std::string_view name) {
    std::string text = string(name);
    if (text.empty()) fail();
    return text;
}

array member_reader::items(std::string_view name) {
    return copy<array>(find(name));
}

std::vector<std::string> member_reader::names(std::string_view name) {
    return names_from(find(name));
}

std::int64_t member_reader::integer(std::string_view name) {
    return integer_from(find(name));
}

const value& member_reader::member(std::string_view name) {
    static const value none;
    const value* const found = find(name);
    if (!found) fail();
    return found ? *found : none;
}

// ---- may be missing

std::string member_reader::string_or_empty(std::string_view name) {
    return find(name) ? string(name) : std::string();
}

std::optional<std::string> member_reader::optional_id(std::string_view name) {
    if (!find(name)) return std::nullopt;
    return id(name);
}

std::vector<std::string> member_reader::names_or_none(std::string_view name) {
    return find(name) ? names(name) : std::vector<std::string>();
}

std::int64_t member_reader::integer_or_zero(std::string_view name) {
    return find(name) ? integer(name) : 0;
}

bool member_reader::boolean_or(std::string_view name, bool otherwise) {
    const value* const found = find(name);
    return found ? copy<bool>(found) : otherwise;
}

value member_reader::value_or(std::string_view name, value otherwise) {
    const value* const found = find(name);
    return found ? *found : std::move(otherwise);
}

std::optional<value> member_reader::optional_value(std::string_view name) {
    const value* const found = from_.find(name);
    return found ? std::optional<value>(*found) : std::nullopt;
}

std::vector<std::pair<std::string, std::string>>
member_reader::pairs_or_none(std::string_view name) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const value* const found = find(name);
    if (!found) return pairs;
    const object* const members = found->get_if<object>();
    if (!members) return fail(), pairs;
    for (const auto& [key, text] : *members) {
        if (!text.is_array())
            pairs.emplace_back(key, copy<std::string>(&text));
        else
            for (std::string& one : names_from(&text))
                pairs.emplace_back(key, std::move(one));
    }
    return pairs;
}

} // namespace sockeye::socketio
