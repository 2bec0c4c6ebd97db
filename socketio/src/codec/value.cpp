#include <sockeye/socketio/value.hpp>

#include <algorithm>
#include <numeric>

// No function here recurses with the depth of a value: a client chooses that depth, and an
// application may nest deeper than any parser lets a client. What is left to do waits in a vector.

namespace sockeye::socketio {

namespace {

bool any_container(const value& of) {
    if (const auto* items = of.get_if<array>()) {
        return std::ranges::any_of(*items, &value::is_container);
    }
    if (const auto* members = of.get_if<object>()) {
        return std::ranges::any_of(
            *members, [](const object::member& each) { return each.val.is_container(); });
    }
    return false;
}

// Takes out those children whose destructors would go down by more than one level.
void take_deep_children(value& from, std::vector<value>& into) {
    const auto take = [&into](value& child) {
        if (any_container(child)) {
            into.push_back(std::move(child));
        }
    };
    if (auto* items = from.get_if<array>()) {
        std::ranges::for_each(*items, take);
    } else if (auto* members = from.get_if<object>()) {
        std::ranges::for_each(*members, take, &object::member::val);
    }
}

void destroy_deep_children(value& of) {
    std::vector<value> pending; // memory running out here ends the program
    take_deep_children(of, pending);
    while (!pending.empty()) {
        value next = std::move(pending.back());
        pending.pop_back();
        take_deep_children(next, pending);
    }
}

// Of members with one key the first keeps its place and takes the last one's value.
void unite_repeated(object::members& list) {
    std::vector<std::size_t> order(list.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {},
                             [&list](std::size_t i) -> const std::string& { return list[i].key; });
    std::vector<bool> repeated(list.size());
    bool any = false;
    for (std::size_t i = 0; i + 1 < order.size();) {
        const std::size_t first = order[i];
        for (++i; i < order.size() && list[order[i]].key == list[first].key; ++i) {
            list[first].val = std::move(list[order[i]].val);
            repeated[order[i]] = any = true;
        }
    }
    if (any) {
        std::size_t i = 0;
        std::erase_if(list, [&](const object::member&) { return repeated[i++]; });
    }
}

bool keys_differ(const object::members& list) {
    for (std::size_t i = 1; i < list.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (list[i].key == list[j].key) {
                return false;
            }
        }
    }
    return true;
}

} // namespace

std::string_view name_of(value_kind kind) {
    switch (kind) {
    case value_kind::null:
        return "null";
    case value_kind::boolean:
        return "boolean";
    case value_kind::integer:
    case value_kind::unsigned_integer:
        return "integer";
    case value_kind::number:
        return "number";
    case value_kind::string:
        return "string";
    case value_kind::binary:
        return "binary";
    case value_kind::array:
        return "array";
    case value_kind::object:
        return "object";
    }
    return "unknown";
}

bad_value_access::bad_value_access(std::string_view expected, value_kind got)
    : std::logic_error("expected " + std::string(expected) + ", got " + std::string(name_of(got))) {
}

object::object(members list) : members_(std::move(list)) {
    unite_repeated_keys();
}

void object::unite_repeated_keys() {
    // Comparing each with each beats sorting only while they are few.
    constexpr std::size_t few = 8;
    if (members_.size() > few || !keys_differ(members_)) {
        unite_repeated(members_);
    }
}

object::object(std::initializer_list<initial> list) {
    members_.reserve(list.size());
    for (const initial& each : list)
        members_.push_back(std::move(each.moved));
    unite_repeated_keys();
}

object::object(const object& other) {
    // Through a value, whose copying does not recurse.
    members_.reserve(other.size());
    for (const member& each : other) {
        members_.push_back({each.key, each.val});
    }
}

const value* object::find(std::string_view key) const noexcept {
    const auto found = std::ranges::find(members_, key, &member::key);
    return found == members_.end() ? nullptr : &found->val;
}

value* object::find(std::string_view key) noexcept {
    return const_cast<value*>(std::as_const(*this).find(key));
}

value& object::operator[](std::string_view key) {
    if (value* found = find(key)) {
        return *found;
    }
    return members_.emplace_back(member{std::string(key), value()}).val;
}

value& value::member(std::string_view key) {
    if (is_null()) *this = socketio::object();
    return as_object()[key];
}

bool object::erase(std::string_view key) {
    return std::erase_if(members_, [key](const member& each) { return each.key == key; }) != 0;
}

void value::copy(const value& other) {
    if (other.is_container()) {
        copy_container(other);
    } else {
        copy_flat(other);
    }
}

void value::copy_flat(const value& other) {
    switch (other.kind_) {
    case value_kind::string:
        std::construct_at(&string_, other.string_);
        break;
    case value_kind::binary:
        std::construct_at(&binary_, other.binary_);
        break;
    case value_kind::boolean:
        boolean_ = other.boolean_;
        break;
    case value_kind::number:
        number_ = other.number_;
        break;
    default:
        integer_ = other.integer_;
        break;
    }
    kind_ = other.kind_;
}

void value::copy_container(const value& other) {
    struct copy_of {
        const value* from;
        value* to; // a null whose address stays what it is
    };
    std::vector<copy_of> pending;
    const auto add = [&pending](const value& from, value& to) {
        if (from.is_container()) {
            pending.push_back({&from, &to});
        } else {
            to.copy_flat(from);
        }
    };
    value whole; // so that what was copied is destroyed if memory runs out
    pending.push_back({&other, &whole});
    while (!pending.empty()) {
        const auto [from, to] = pending.back();
        pending.pop_back();
        if (const auto* items = from->get_if<socketio::array>()) {
            *to = socketio::array(items->size());
            for (std::size_t i = 0; i < items->size(); ++i) {
                add((*items)[i], to->array_[i]);
            }
        } else {
            const auto& members = from->object_.members_;
            *to = socketio::object();
            to->object_.members_.resize(members.size());
            for (std::size_t i = 0; i < members.size(); ++i) {
                to->object_.members_[i].key = members[i].key;
                add(members[i].val, to->object_.members_[i].val);
            }
        }
    }
    take(whole);
}

// Leaves `other` without content. Not inline, for g++ 12 believes that it may read what was never
// written, and warns all who include it.
void value::take_content(value& other) noexcept {
    switch (other.kind_) {
    case value_kind::string:
        std::construct_at(&string_, std::move(other.string_));
        std::destroy_at(&other.string_);
        break;
    case value_kind::binary:
        std::construct_at(&binary_, std::move(other.binary_));
        std::destroy_at(&other.binary_);
        break;
    case value_kind::array:
        std::construct_at(&array_, std::move(other.array_));
        std::destroy_at(&other.array_);
        break;
    default:
        std::construct_at(&object_, std::move(other.object_));
        std::destroy_at(&other.object_);
        break;
    }
}

void value::destroy_content() noexcept {
    if (any_container(*this)) destroy_deep_children(*this);
    switch (kind_) {
    case value_kind::binary:
        std::destroy_at(&binary_);
        break;
    case value_kind::array:
        std::destroy_at(&array_);
        break;
    default:
        std::destroy_at(&object_);
        break;
    }
}

bool value::as_bool() const {
    if (kind_ != value_kind::boolean) {
        throw bad_value_access("boolean", kind_);
    }
    return boolean_;
}

std::int64_t value::as_int64() const {
    if (kind_ != value_kind::integer) {
        throw bad_value_access("signed integer", kind_);
    }
    return integer_;
}

std::uint64_t value::as_uint64() const {
    if (!is_integer() || (kind_ == value_kind::integer && integer_ < 0)) {
        throw bad_value_access("unsigned integer", kind_);
    }
    return kind_ == value_kind::integer ? static_cast<std::uint64_t>(integer_) : unsigned_;
}

double value::as_double() const {
    switch (kind_) {
    case value_kind::integer:
        return static_cast<double>(integer_);
    case value_kind::unsigned_integer:
        return static_cast<double>(unsigned_);
    case value_kind::number:
        return number_;
    default:
        throw bad_value_access("number", kind_);
    }
}

const std::string& value::as_string() const {
    if (kind_ != value_kind::string) {
        throw bad_value_access("string", kind_);
    }
    return string_;
}

const binary& value::as_binary() const {
    if (kind_ != value_kind::binary) {
        throw bad_value_access("binary", kind_);
    }
    return binary_;
}

const array& value::as_array() const {
    if (kind_ != value_kind::array) {
        throw bad_value_access("array", kind_);
    }
    return array_;
}

const object& value::as_object() const {
    if (kind_ != value_kind::object) {
        throw bad_value_access("object", kind_);
    }
    return object_;
}

std::string& value::as_string() {
    return const_cast<std::string&>(std::as_const(*this).as_string());
}
binary& value::as_binary() {
    return const_cast<socketio::binary&>(std::as_const(*this).as_binary());
}
array& value::as_array() {
    return const_cast<socketio::array&>(std::as_const(*this).as_array());
}
object& value::as_object() {
    return const_cast<socketio::object&>(std::as_const(*this).as_object());
}

const value* value::find(std::string_view key) const noexcept {
    return kind_ == value_kind::object ? object_.find(key) : nullptr;
}

} // namespace sockeye::socketio
