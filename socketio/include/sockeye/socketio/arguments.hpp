#pragma once

#include <sockeye/socketio/value.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace sockeye::socketio {

// Between an event's arguments and C++ types:
//
//   bool, integers (checked for range; 3.0 is an integer, as in JavaScript), floating point,
//   std::string, binary, array, object, value (anything; null if it is missing),
//   std::string_view (shares the value's characters: for handlers that return before it dies),
//   std::optional<T> (empty if it is null or missing), std::vector<T>, std::pair and std::tuple
//   (arrays), std::map and std::unordered_map with std::string keys (objects), and structs:
//
//     struct point {
//         double x = 0, y = 0;
//         std::optional<std::string> label; // may be missing
//         static constexpr auto fields() {
//             return std::tuple{field{"x", &point::x}, field{"y", &point::y},
//                               field{"label", &point::label}};
//         }
//     };
//
// A type that cannot have this function, or that is no object on the wire, gets a mapping instead:
//
//     template <> struct sockeye::socketio::mapping<colour> {
//         static constexpr std::string_view expected = "a colour";
//         static std::optional<colour> from_value(const value& from);
//         static value to_value(const colour& from);
//     };
//
// What is read into must have a default constructor. Members and arguments that are not asked for
// are ignored.

/// A member of a struct and its name on the wire.
template<class Struct, class T>
struct field {
    std::string_view name;
    T Struct::*member;
};
template<class Struct, class T>
field(const char*, T Struct::*) -> field<Struct, T>;

/// To be specialised for types that are not one's own, with `fields()` as above or with
/// `expected`, `from_value` and `to_value`.
template<class T>
struct mapping {
    static constexpr auto fields() requires requires { T::fields(); }
    { return T::fields(); }
};

/// Where a value is not of the type that was asked for.
struct mismatch {
    std::size_t argument = 0; // counted from 1; 0 if the value is no argument
    std::string path;         // inside of it: `.pos[1].x`
    std::string expected;
    std::string got; // `string "abc"`, `nothing`

    /// `argument 2 of "move": expected integer, got string "abc"`. What the client sent is
    /// shortened, and safe to log.
    [[nodiscard]] std::string describe(std::string_view event) const;
};

/// What was read, or why it could not be.
template<class T>
class decoded {
public:
    decoded(T good) : content_(std::in_place_index<0>, std::move(good)) {}
    decoded(mismatch why) : content_(std::in_place_index<1>, std::move(why)) {}

    explicit operator bool() const { return content_.index() == 0; }
    T& operator*() & { return *std::get_if<0>(&content_); }
    const T& operator*() const& { return *std::get_if<0>(&content_); }
    T&& operator*() && { return std::move(*std::get_if<0>(&content_)); }
    const T* operator->() const { return std::get_if<0>(&content_); }
    [[nodiscard]] const mismatch& error() const { return *std::get_if<1>(&content_); }

private:
    std::variant<T, mismatch> content_;
};

namespace detail {

template<class T, template<class...> class Template>
inline constexpr bool is_a = false;
template<class... Args, template<class...> class Template>
inline constexpr bool is_a<Template<Args...>, Template> = true;

template<class T>
concept string_map = (is_a<T, std::map> ||
                      is_a<T, std::unordered_map>)&&std::same_as<typename T::key_type, std::string>;
template<class T>
concept tuple_like = is_a<T, std::pair> || is_a<T, std::tuple>;
template<class T>
concept with_fields = requires {
    mapping<T>::fields();
};
template<class T>
concept with_conversion = requires(const value& from) {
    { mapping<T>::from_value(from) } -> std::same_as<std::optional<T>>;
};
template<class T>
concept held_by_value = std::same_as<T, std::string> || std::same_as<T, binary> ||
    std::same_as<T, array> || std::same_as<T, object>;
template<class>
inline constexpr bool never = false;

// A reader returns false with `why.expected` and `why.got` set, and those around it put their part
// of the path in front: nothing is spent on a path that is not needed. A null pointer is a member
// or an argument that is missing. From is `value`, whose content may be moved out, or `const
// value`.

bool fail(mismatch& why, std::string_view expected, const value* got);
bool fail_range(mismatch& why, std::int64_t least, std::uint64_t most, const value* got);
void add_member(mismatch& why, std::string_view name);
void add_index(mismatch& why, std::size_t index);
/// The integer that `from` is, also as a double; `negative` tells how `bits` are meant.
bool exact_integer(const value& from, std::uint64_t& bits, bool& negative);

template<class T, class From>
bool read(From* from, T& into, mismatch& why);

template<class T>
bool read_integer(const value* from, T& into, mismatch& why) {
    using limits = std::numeric_limits<T>;
    std::uint64_t bits = 0;
    bool negative = false;
    if (from == nullptr || !from->is_number() || !exact_integer(*from, bits, negative)) {
        return fail(why, "integer", from);
    }
    const auto n = static_cast<std::int64_t>(bits);
    if (negative ? !std::in_range<T>(n) : !std::in_range<T>(bits)) {
        return fail_range(why, limits::min(), limits::max(), from);
    }
    into = static_cast<T>(bits);
    return true;
}

template<class T, class From>
bool read_vector(From* from, T& into, mismatch& why) {
    auto* items = from == nullptr ? nullptr : from->template get_if<array>();
    if (items == nullptr) {
        return fail(why, "array", from);
    }
    into.clear();
    into.reserve(items->size());
    for (auto& item : *items) {
        typename T::value_type next{};
        if (!read(&item, next, why)) {
            add_index(why, into.size());
            return false;
        }
        into.push_back(std::move(next));
    }
    return true;
}

template<class T, class From>
bool read_map(From* from, T& into, mismatch& why) {
    auto* members = from == nullptr ? nullptr : from->template get_if<object>();
    if (members == nullptr) {
        return fail(why, "object", from);
    }
    into.clear();
    for (auto& [key, item] : *members) {
        if (!read(&item, into[key], why)) {
            add_member(why, key);
            return false;
        }
    }
    return true;
}

template<class T, class From>
bool read_element(From& items, std::size_t index, T& into, mismatch& why) {
    auto* item = index < items.size() ? &items[index] : nullptr;
    if (!read(item, into, why)) {
        add_index(why, index);
        return false;
    }
    return true;
}

template<class T, class From>
bool read_tuple(From* from, T& into, mismatch& why) {
    auto* items = from == nullptr ? nullptr : from->template get_if<array>();
    if (items == nullptr) {
        return fail(why, "array", from);
    }
    return [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (read_element(*items, I, std::get<I>(into), why) && ...);
    }
    (std::make_index_sequence<std::tuple_size_v<T>>{});
}

template<class T, class From>
bool read_struct(From* from, T& into, mismatch& why) {
    if (from == nullptr || !from->is_object()) {
        return fail(why, "object", from);
    }
    const auto read_field = [&](const auto& entry) {
        if (!read(from->find(entry.name), into.*entry.member, why)) {
            add_member(why, entry.name);
            return false;
        }
        return true;
    };
    return std::apply([&](const auto&... entry) { return (read_field(entry) && ...); },
                      mapping<T>::fields());
}

template<class T>
bool read_converted(const value* from, T& into, mismatch& why) {
    auto converted = from == nullptr ? std::nullopt : mapping<T>::from_value(*from);
    if (!converted) {
        return fail(why, mapping<T>::expected, from);
    }
    into = *std::move(converted);
    return true;
}

/// What a value holds as such: moved out if From is not const.
template<class T, class From>
bool read_held(From* from, T& into, mismatch& why) {
    auto* held = from == nullptr ? nullptr : from->template get_if<T>();
    if (held == nullptr) {
        return fail(why, name_of(value(T{}).kind()), from);
    }
    into = std::move(*held); // a copy, if From is const
    return true;
}

template<class T, class From>
bool read(From* from, T& into, mismatch& why) {
    if constexpr (std::same_as<T, value>) {
        into = from == nullptr ? value() : value(std::move(*from));
        return true;
    } else if constexpr (with_conversion<T>) {
        return read_converted(from, into, why);
    } else if constexpr (std::same_as<T, bool>) {
        const bool* held = from == nullptr ? nullptr : from->template get_if<bool>();
        into = held != nullptr && *held;
        return held != nullptr || fail(why, "boolean", from);
    } else if constexpr (plain_integer<T>) {
        return read_integer(from, into, why);
    } else if constexpr (std::floating_point<T>) {
        const bool fits = from != nullptr && from->is_number();
        into = fits ? static_cast<T>(from->as_double()) : T{};
        return fits || fail(why, "number", from);
    } else if constexpr (held_by_value<T>) {
        return read_held(from, into, why);
    } else if constexpr (std::same_as<T, std::string_view>) {
        static_assert(std::is_const_v<From>, "a view of what is being moved away would dangle");
        const bool fits = from != nullptr && from->is_string();
        into = fits ? std::string_view(from->as_string()) : std::string_view();
        return fits || fail(why, "string", from);
    } else if constexpr (is_a<T, std::optional>) {
        into = from == nullptr || from->is_null() ? T() : T(std::in_place);
        return !into || read(from, *into, why);
    } else if constexpr (is_a<T, std::vector>) {
        return read_vector(from, into, why);
    } else if constexpr (string_map<T>) {
        return read_map(from, into, why);
    } else if constexpr (tuple_like<T>) {
        return read_tuple(from, into, why);
    } else if constexpr (with_fields<T>) {
        return read_struct(from, into, why);
    } else {
        static_assert(never<T>, "not a type that an argument can have: see mapping<T>");
    }
}

template<class T, class From>
bool read_argument(From& arguments, std::size_t index, std::size_t first, T& into, mismatch& why) {
    auto* argument = index < arguments.size() ? &arguments[index] : nullptr;
    if (!read(argument, into, why)) {
        why.argument = index - first + 1;
        return false;
    }
    return true;
}

template<class... Args, class From>
decoded<std::tuple<Args...>> read_arguments(From& arguments, std::size_t first) {
    std::tuple<Args...> into{};
    mismatch why;
    const bool fit = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return (read_argument(arguments, first + I, first, std::get<I>(into), why) && ...);
    }
    (std::index_sequence_for<Args...>{});
    if (!fit) {
        return why;
    }
    return into;
}

} // namespace detail

template<class T>
decoded<T> from_value(const value& from) {
    T into{};
    mismatch why;
    if (!detail::read(&from, into, why)) {
        return why;
    }
    return into;
}

/// Reads the arguments from index `first` on: 1 in an event, whose first element is its name.
template<class... Args>
decoded<std::tuple<Args...>> decode_arguments(const array& arguments, std::size_t first = 0) {
    return detail::read_arguments<Args...>(arguments, first);
}

/// Moves what it can out of the arguments, also when it fails in the end.
template<class... Args>
decoded<std::tuple<Args...>> decode_arguments(array&& arguments, std::size_t first = 0) {
    return detail::read_arguments<Args...>(arguments, first);
}

template<class T>
value to_value(T&& from);

namespace detail {

template<class T>
array sequence_to_array(const T& from) {
    array items;
    items.reserve(from.size());
    for (const typename T::value_type& item : from) {
        items.push_back(to_value(item));
    }
    return items;
}

template<class T>
object map_to_object(const T& from) {
    object::members members;
    members.reserve(from.size());
    for (const auto& [key, item] : from) {
        members.push_back({key, to_value(item)});
    }
    return object(std::move(members));
}

template<class T>
void add_field(object::members& members, std::string_view name, const T& from) {
    if constexpr (is_a<T, std::optional>) {
        if (!from) {
            return; // undefined: JSON leaves it out
        }
    }
    members.push_back({std::string(name), to_value(from)});
}

template<class T>
object struct_to_object(const T& from) {
    object::members members;
    std::apply(
        [&](const auto&... entry) { (add_field(members, entry.name, from.*entry.member), ...); },
        mapping<T>::fields());
    return object(std::move(members));
}

} // namespace detail

/// The arguments as an array, each through to_value.
template<class... Args>
array to_array(Args&&... arguments) {
    array items;
    items.reserve(sizeof...(Args));
    (items.push_back(to_value(std::forward<Args>(arguments))), ...);
    return items;
}

/// An empty optional becomes null, or is left out if it is a member of a struct.
template<class T>
value to_value(T&& from) {
    using plain = std::remove_cvref_t<T>;
    if constexpr (detail::with_conversion<plain>) {
        return mapping<plain>::to_value(from);
    } else if constexpr (std::constructible_from<value, T>) {
        return value(std::forward<T>(from));
    } else if constexpr (detail::is_a<plain, std::optional>) {
        return from ? to_value(*std::forward<T>(from)) : value();
    } else if constexpr (detail::is_a<plain, std::vector>) {
        return detail::sequence_to_array(from);
    } else if constexpr (detail::string_map<plain>) {
        return detail::map_to_object(from);
    } else if constexpr (detail::tuple_like<plain>) {
        return std::apply(
            [](auto&&... item) { return to_array(std::forward<decltype(item)>(item)...); },
            std::forward<T>(from));
    } else if constexpr (detail::with_fields<plain>) {
        return detail::struct_to_object(from);
    } else {
        static_assert(detail::never<T>, "not a type that an argument can have: see mapping<T>");
    }
}

} // namespace sockeye::socketio
