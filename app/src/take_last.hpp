#pragma once

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <vector>

namespace sockeye::app {

/// Takes so many off the end, or all that are there.
template<class T>
std::vector<T> take_last(std::vector<T>& from, std::size_t count) {
    const auto first = from.end() - static_cast<std::ptrdiff_t>(std::min(count, from.size()));
    std::vector<T> taken(std::make_move_iterator(first), std::make_move_iterator(from.end()));
    from.erase(first, from.end());
    return taken;
}

} // namespace sockeye::app
