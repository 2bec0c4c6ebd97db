#include "codec/value_builder.hpp"

#include <iterator>

namespace sockeye::socketio {

value_builder::value_builder(const parser_limits& limits)
    : max_depth_(limits.max_depth), elements_left_(limits.max_elements) {}

bool value_builder::add(value leaf) {
    if (elements_left_ == 0) return false;
    --elements_left_;
    row_.push_back(std::move(leaf));
    return true;
}

bool value_builder::open() {
    if (open_.size() == max_depth_ || elements_left_ == 0) return false;
    --elements_left_;
    open_.push_back(row_.size());
    return true;
}

void value_builder::close_array() {
    const auto first = row_.begin() + static_cast<std::ptrdiff_t>(open_.back());
    open_.pop_back();
    array items(std::make_move_iterator(first), std::make_move_iterator(row_.end()));
    row_.erase(first, row_.end());
    row_.emplace_back(std::move(items));
}

void value_builder::close_object() {
    const std::size_t first = open_.back();
    open_.pop_back();
    object::members members;
    members.reserve((row_.size() - first) / 2);
    for (std::size_t i = first; i < row_.size(); i += 2) {
        members.push_back({std::move(row_[i].as_string()), std::move(row_[i + 1])});
    }
    row_.resize(first);
    row_.emplace_back(object(std::move(members)));
}

value value_builder::take() {
    return std::move(row_.front());
}

} // namespace sockeye::socketio
