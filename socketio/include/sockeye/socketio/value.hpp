#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sockeye::socketio {

class value;
class value_builder;

enum class value_kind : std::uint8_t {
    null,
    boolean,
    integer,          // std::int64_t
    unsigned_integer, // std::uint64_t, only above what std::int64_t holds
    number,           // double
    string,           // UTF-8
    binary,
    array,
    object,
};

/// "null", "boolean", "integer" (for both), "number", …
std::string_view name_of(value_kind kind);

/// What JSON cannot carry: a Buffer, an ArrayBuffer, a Blob of the client's.
struct binary {
    std::string bytes;

    bool operator==(const binary&) const = default;
};

/// `array{1, "two", nullptr}`. One array in another is written `array{value{array{1, 2}}}`:
/// compilers disagree on whether `array{array{1, 2}}` is that or a copy.
using array = std::vector<value>;

/// The members of a JavaScript object, in the order in which they were first named.
///
/// Members lie in a row and are looked up one after the other, which beats a table for the handful
/// that objects have. An object of thousands is best made at once, from a vector of members.
class object {
public:
    struct member;  // { std::string key; value val; }
    struct initial; // a member in a list of those to begin with, which is moved from there
    using members = std::vector<member>;
    using iterator = members::iterator;
    using const_iterator = members::const_iterator;

    object() noexcept;
    object(std::initializer_list<initial> list);
    /// A repeated key keeps its first place and takes the last value, as in JavaScript. Takes
    /// n log n time whatever the keys are.
    explicit object(members list);
    object(const object& other);
    object(object&& other) noexcept;
    object& operator=(object other) noexcept;
    ~object();

    [[nodiscard]] std::size_t size() const noexcept;
    [[nodiscard]] bool empty() const noexcept;
    [[nodiscard]] value* find(std::string_view key) noexcept;
    [[nodiscard]] const value* find(std::string_view key) const noexcept;
    /// Adds a null under a new key.
    value& operator[](std::string_view key);
    bool erase(std::string_view key);

    iterator begin() noexcept;
    iterator end() noexcept;
    [[nodiscard]] const_iterator begin() const noexcept;
    [[nodiscard]] const_iterator end() const noexcept;

    /// The same members, in any order.
    bool operator==(const object& other) const;

private:
    friend class value;
    friend class value_builder;
    void unite_repeated_keys();
    members members_;
};

/// A value is not of the kind that was asked for.
class bad_value_access : public std::logic_error {
public:
    bad_value_access(std::string_view expected, value_kind got);
};

template<class T>
concept plain_integer = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                        !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                        !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

/// What an event carries: JSON, with integers exact to 64 bits, and binary.
///
///     value v = object{{"name", "Ann"}, {"scores", array{1, 2.5}}};
///     v.find("name")->as_string();
///
/// Nested values may be as deep as memory allows: neither copying, comparing nor destroying one
/// recurses with its depth. A value that was moved from is null.
class value {
public:
    value() noexcept {}
    value(std::nullptr_t) noexcept {}
    template<std::same_as<bool> T> // nothing else, least of all a pointer, is taken for a bool
    value(T yes) noexcept : kind_(value_kind::boolean), boolean_(yes) {}
    template<plain_integer T>
    value(T n) noexcept : kind_(value_kind::integer), integer_(static_cast<std::int64_t>(n)) {
        if (std::cmp_greater(n, std::numeric_limits<std::int64_t>::max())) {
            kind_ = value_kind::unsigned_integer;
            unsigned_ = static_cast<std::uint64_t>(n);
        }
    }
    template<std::floating_point T>
    value(T n) noexcept : kind_(value_kind::number), number_(static_cast<double>(n)) {}
    value(std::string text) noexcept : kind_(value_kind::string), string_(std::move(text)) {}
    value(std::string_view text) : kind_(value_kind::string), string_(text) {}
    value(const char* text) : kind_(value_kind::string), string_(text) {}
    value(socketio::binary data) noexcept : kind_(value_kind::binary), binary_(std::move(data)) {}
    value(socketio::array items) noexcept : kind_(value_kind::array), array_(std::move(items)) {}
    value(socketio::object members) noexcept
        : kind_(value_kind::object), object_(std::move(members)) {}

    value(const value& other) { copy(other); }
    value(value&& other) noexcept { take(other); }
    value& operator=(value other) noexcept { // by value: `other` may be a part of this one
        destroy();
        take(other);
        return *this;
    }
    ~value() { destroy(); }

    [[nodiscard]] value_kind kind() const noexcept { return kind_; }
    [[nodiscard]] bool is_null() const noexcept { return kind_ == value_kind::null; }
    [[nodiscard]] bool is_bool() const noexcept { return kind_ == value_kind::boolean; }
    /// Of either sign, to 64 bits.
    [[nodiscard]] bool is_integer() const noexcept {
        return kind_ == value_kind::integer || kind_ == value_kind::unsigned_integer;
    }
    /// An integer or a double.
    [[nodiscard]] bool is_number() const noexcept {
        return is_integer() || kind_ == value_kind::number;
    }
    [[nodiscard]] bool is_string() const noexcept { return kind_ == value_kind::string; }
    [[nodiscard]] bool is_binary() const noexcept { return kind_ == value_kind::binary; }
    [[nodiscard]] bool is_array() const noexcept { return kind_ == value_kind::array; }
    [[nodiscard]] bool is_object() const noexcept { return kind_ == value_kind::object; }
    /// An array or an object: what nests.
    [[nodiscard]] bool is_container() const noexcept { return kind_ >= value_kind::array; }

    // Each throws bad_value_access if the value is of another kind.
    [[nodiscard]] bool as_bool() const;
    [[nodiscard]] std::int64_t as_int64() const;   // also if it does not fit
    [[nodiscard]] std::uint64_t as_uint64() const; // also if it is negative
    [[nodiscard]] double as_double() const;        // of any number, rounded
    [[nodiscard]] const std::string& as_string() const;
    [[nodiscard]] const socketio::binary& as_binary() const;
    [[nodiscard]] const socketio::array& as_array() const;
    [[nodiscard]] const socketio::object& as_object() const;
    [[nodiscard]] std::string& as_string();
    [[nodiscard]] socketio::binary& as_binary();
    [[nodiscard]] socketio::array& as_array();
    [[nodiscard]] socketio::object& as_object();

    /// The content if the value is of exactly that kind, else null. T is bool, std::int64_t,
    /// std::uint64_t (only for what std::int64_t cannot hold), double, std::string, binary, array
    /// or object.
    template<class T>
    [[nodiscard]] const T* get_if() const noexcept;
    template<class T>
    [[nodiscard]] T* get_if() noexcept {
        return const_cast<T*>(std::as_const(*this).template get_if<T>());
    }

    /// The member of that name; null if there is none or this is no object.
    [[nodiscard]] const value* find(std::string_view key) const noexcept;
    [[nodiscard]] value* find(std::string_view key) noexcept {
        return const_cast<value*>(std::as_const(*this).find(key));
    }

    /// The member of that name, made where there is none; a null becomes an object. Throws
    /// bad_value_access for anything else.
    template<class Key>
    requires std::convertible_to<const Key&, std::string_view> value& operator[](const Key& key) {
        return member(key);
    }

    /// Numbers are compared by what they count, as in JavaScript: 1 == 1.0.
    bool operator==(const value& other) const;

private:
    value& member(std::string_view key);
    void destroy() noexcept {
        if (kind_ == value_kind::string) {
            std::destroy_at(&string_);
        } else if (kind_ > value_kind::string) {
            destroy_content();
        }
    }
    void take(value& other) noexcept;
    void take_content(value& other) noexcept;
    void copy(const value& other);
    void copy_flat(const value& other);
    void copy_container(const value& other);
    void destroy_content() noexcept;

    value_kind kind_ = value_kind::null;
    union {
        bool boolean_;
        std::int64_t integer_ = 0; // spares g++ 12 a doubt about what null holds
        std::uint64_t unsigned_;
        double number_;
        std::string string_;
        socketio::binary binary_;
        socketio::array array_;
        socketio::object object_;
    };
};

struct object::member {
    std::string key;
    value val;

    bool operator==(const member&) const = default;
};

struct object::initial {
    initial(std::string key, value val) : moved({std::move(key), std::move(val)}) {}
    initial(member whole) : moved(std::move(whole)) {}

    mutable member moved;
};

// What follows is inline because a value is moved several times on its way through the server.

inline void value::take(value& other) noexcept {
    switch (other.kind_) {
    case value_kind::null:
        break;
    case value_kind::boolean:
        boolean_ = other.boolean_;
        break;
    case value_kind::integer:
        integer_ = other.integer_;
        break;
    case value_kind::unsigned_integer:
        unsigned_ = other.unsigned_;
        break;
    case value_kind::number:
        number_ = other.number_;
        break;
    default:
        take_content(other);
    }
    kind_ = std::exchange(other.kind_, value_kind::null);
}

template<class T>
const T* value::get_if() const noexcept {
    if constexpr (std::same_as<T, bool>) {
        return kind_ == value_kind::boolean ? &boolean_ : nullptr;
    } else if constexpr (std::same_as<T, std::int64_t>) {
        return kind_ == value_kind::integer ? &integer_ : nullptr;
    } else if constexpr (std::same_as<T, std::uint64_t>) {
        return kind_ == value_kind::unsigned_integer ? &unsigned_ : nullptr;
    } else if constexpr (std::same_as<T, double>) {
        return kind_ == value_kind::number ? &number_ : nullptr;
    } else if constexpr (std::same_as<T, std::string>) {
        return kind_ == value_kind::string ? &string_ : nullptr;
    } else if constexpr (std::same_as<T, socketio::binary>) {
        return kind_ == value_kind::binary ? &binary_ : nullptr;
    } else if constexpr (std::same_as<T, socketio::array>) {
        return kind_ == value_kind::array ? &array_ : nullptr;
    } else {
        static_assert(std::same_as<T, socketio::object>, "no value holds this type");
        return kind_ == value_kind::object ? &object_ : nullptr;
    }
}

inline object::object() noexcept = default;
inline object::object(object&& other) noexcept : members_(std::move(other.members_)) {}
inline object::~object() = default;
inline object& object::operator=(object other) noexcept {
    members_.swap(other.members_);
    return *this;
}
inline std::size_t object::size() const noexcept {
    return members_.size();
}
inline bool object::empty() const noexcept {
    return members_.empty();
}
inline object::iterator object::begin() noexcept {
    return members_.begin();
}
inline object::iterator object::end() noexcept {
    return members_.end();
}
inline object::const_iterator object::begin() const noexcept {
    return members_.begin();
}
inline object::const_iterator object::end() const noexcept {
    return members_.end();
}

} // namespace sockeye::socketio
