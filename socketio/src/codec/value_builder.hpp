#pragma once

#include <sockeye/socketio/parser.hpp>

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <string_view>
#include <utility>

namespace sockeye::socketio {

/// Makes a value from what a reader finds, in the order in which it finds it, and refuses more of
/// it than `limits` allow. Containers grow as their elements come, whatever size their sender
/// announced.
class value_builder {
public:
    explicit value_builder(const parser_limits& limits);

    // False: a limit is reached, and the rest is not worth reading.
    template<class Leaf>
    [[nodiscard]] bool add(Leaf&& leaf) {
        if (!count()) return false;
        if (open_.empty())
            root_ = value(std::forward<Leaf>(leaf));
        else if (array* const items = open_.back().items)
            items->emplace_back(std::forward<Leaf>(leaf));
        else
            open_.back().members->back().val = value(std::forward<Leaf>(leaf));
        return true;
    }
    [[nodiscard]] bool add_key(std::string_view key); // of what is added next
    [[nodiscard]] bool open_array();
    [[nodiscard]] bool open_object();
    [[nodiscard]] bool close(); // false: an object names a key twice, and may not

    /// The whole, once everything is closed.
    [[nodiscard]] value take() { return std::move(root_); }

private:
    // Where the elements of what is open go. Only the innermost grows, so none of these moves.
    struct level {
        value* container;
        array* items;             // of an array
        object::members* members; // of an object
    };

    [[nodiscard]] bool count() {
        if (elements_left_ == 0) return false;
        --elements_left_;
        return true;
    }
    value& next_place();

    std::size_t max_depth_;
    std::size_t elements_left_;
    bool repeated_keys_;
    value root_;
    boost::container::small_vector<level, 8> open_;
};

} // namespace sockeye::socketio
