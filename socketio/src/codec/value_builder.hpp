#pragma once

#include <sockeye/socketio/parser.hpp>

#include <boost/container/small_vector.hpp>

#include <cstddef>
#include <string_view>

namespace sockeye::socketio {

/// Makes a value from what a reader finds, in the order in which it finds it, and refuses more of
/// it than `limits` allow. Containers grow as their elements come, whatever size their sender
/// announced.
class value_builder {
public:
    explicit value_builder(const parser_limits& limits);

    // False: a limit is reached, and the rest is not worth reading.
    [[nodiscard]] bool add(value leaf);
    [[nodiscard]] bool add_key(std::string_view key); // of what is added next
    [[nodiscard]] bool open_array();
    [[nodiscard]] bool open_object();
    void close();

    /// The whole, once everything is closed.
    [[nodiscard]] value take() { return std::move(root_); }

private:
    // Where the elements of what is open go. Only the innermost grows, so none of these moves.
    struct level {
        value* container;
        array* items;             // of an array
        object::members* members; // of an object
    };

    [[nodiscard]] bool count();
    value& next_place();

    std::size_t max_depth_;
    std::size_t elements_left_;
    value root_;
    boost::container::small_vector<level, 8> open_;
};

} // namespace sockeye::socketio
