#pragma once

#include <sockeye/socketio/parser.hpp>

#include <boost/container/small_vector.hpp>

#include <cstddef>

namespace sockeye::socketio {

/// Makes a value from what a reader finds, in the order in which it finds it, and refuses more of
/// it than `limits` allow.
///
/// The elements of what is open wait in one row, and move from its end into their container when
/// that closes: each container is allocated once, with the size it has, whatever size its sender
/// announced.
class value_builder {
public:
    explicit value_builder(const parser_limits& limits);

    // False: a limit is reached, and the rest is not worth reading.
    [[nodiscard]] bool add(value leaf); // or an object's key
    [[nodiscard]] bool open();
    void close_array();
    void close_object(); // of keys and values in turn

    /// Arrays and objects that are open.
    [[nodiscard]] std::size_t depth() const { return open_.size(); }
    /// The whole, once everything is closed.
    [[nodiscard]] value take();

private:
    std::size_t max_depth_;
    std::size_t elements_left_;
    boost::container::small_vector<value, 8> row_;       // most packets have fewer
    boost::container::small_vector<std::size_t, 4> open_; // where in the row each began
};

} // namespace sockeye::socketio
