#include <sockeye/socketio/value.hpp>

#include <algorithm>
#include <cmath>

namespace sockeye::socketio {

namespace {

bool int_equals_double(const value& whole, double number) {
    // Beyond 2^53 a double stands for integers that a conversion of `whole` would also round to.
    constexpr double two_to_63 = 9223372036854775808.0;
    if (const auto* n = whole.get_if<std::int64_t>()) {
        return number >= -two_to_63 && number < two_to_63 && std::trunc(number) == number &&
               static_cast<std::int64_t>(number) == *n;
    }
    return number >= two_to_63 && number < 2 * two_to_63 &&
           static_cast<std::uint64_t>(number) == *whole.get_if<std::uint64_t>();
}

bool equal_numbers(const value& a, const value& b) {
    if (a.is_integer() && b.is_integer()) {
        return a.kind() == b.kind() && // the kinds' ranges do not overlap
               (a.kind() == value_kind::integer
                    ? *a.get_if<std::int64_t>() == *b.get_if<std::int64_t>()
                    : *a.get_if<std::uint64_t>() == *b.get_if<std::uint64_t>());
    }
    if (a.is_integer()) {
        return int_equals_double(a, *b.get_if<double>());
    }
    if (b.is_integer()) {
        return int_equals_double(b, *a.get_if<double>());
    }
    return *a.get_if<double>() == *b.get_if<double>();
}

bool equal_leaves(const value& a, const value& b) {
    if (a.is_number() && b.is_number()) {
        return equal_numbers(a, b);
    }
    if (a.kind() != b.kind()) {
        return false;
    }
    switch (a.kind()) {
    case value_kind::boolean:
        return *a.get_if<bool>() == *b.get_if<bool>();
    case value_kind::string:
        return *a.get_if<std::string>() == *b.get_if<std::string>();
    case value_kind::binary:
        return *a.get_if<binary>() == *b.get_if<binary>();
    default:
        return true;
    }
}

std::vector<const object::member*> by_key(const object& of) {
    std::vector<const object::member*> sorted;
    sorted.reserve(of.size());
    for (const object::member& each : of) {
        sorted.push_back(&each);
    }
    std::ranges::sort(sorted, {},
                      [](const object::member* each) -> const std::string& { return each->key; });
    return sorted;
}

/// What of two values still has to be compared.
class comparison {
public:
    bool add(const value& a, const value& b) {
        if (!a.is_container() || !b.is_container()) {
            return equal_leaves(a, b);
        }
        pending_.emplace_back(&a, &b);
        return true;
    }

    bool add(const object& a, const object& b) {
        if (a.size() != b.size()) {
            return false;
        }
        const bool same_order =
            std::ranges::equal(a, b, {}, &object::member::key, &object::member::key);
        if (same_order) {
            return std::ranges::equal(a, b, [this](const auto& one, const auto& other) {
                return add(one.val, other.val);
            });
        }
        return std::ranges::equal(by_key(a), by_key(b), [this](auto* one, auto* other) {
            return one->key == other->key && add(one->val, other->val);
        });
    }

    bool finish() {
        while (!pending_.empty()) {
            const auto [a, b] = pending_.back();
            pending_.pop_back();
            if (a->kind() != b->kind() || !add_children(*a, *b)) {
                return false;
            }
        }
        return true;
    }

private:
    bool add_children(const value& a, const value& b) {
        if (a.is_object()) {
            return add(a.as_object(), b.as_object());
        }
        return std::ranges::equal(
            a.as_array(), b.as_array(),
            [this](const value& one, const value& other) { return add(one, other); });
    }

    std::vector<std::pair<const value*, const value*>> pending_;
};

} // namespace

bool object::operator==(const object& other) const {
    comparison work;
    return work.add(*this, other) && work.finish();
}

bool value::operator==(const value& other) const {
    comparison work;
    return work.add(*this, other) && work.finish();
}

} // namespace sockeye::socketio
