#include "codec/value_builder.hpp"

#include <string>
#include <utility>

namespace sockeye::socketio {

value_builder::value_builder(const parser_limits& limits)
    : max_depth_(limits.max_depth), elements_left_(limits.max_elements),
      repeated_keys_(limits.repeated_keys) {}

value& value_builder::next_place() {
    if (open_.empty()) return root_;
    const level& innermost = open_.back();
    return innermost.items ? innermost.items->emplace_back() : innermost.members->back().val;
}

bool value_builder::add_key(std::string_view key) {
    if (!count()) return false;
    open_.back().members->push_back({std::string(key), value()});
    return true;
}

bool value_builder::open_array() {
    constexpr std::size_t usual_arguments = 4;
    if (open_.size() == max_depth_ || !count()) return false;
    value& place = next_place();
    place = array();
    array& items = place.as_array();
    if (open_.empty()) items.reserve(usual_arguments);
    open_.push_back({&place, &items, nullptr});
    return true;
}

bool value_builder::open_object() {
    if (open_.size() == max_depth_ || !count()) return false;
    value& place = next_place();
    place = object();
    open_.push_back({&place, nullptr, &place.as_object().members_});
    return true;
}

bool value_builder::close() {
    const level closed = open_.back();
    open_.pop_back();
    if (!closed.members) return true;
    const std::size_t named = closed.members->size();
    closed.container->as_object().unite_repeated_keys();
    return repeated_keys_ || closed.members->size() == named;
}

} // namespace sockeye::socketio
