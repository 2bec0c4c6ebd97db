#include "state/farewells.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::engineio {
namespace {

// Requests that were sent together come within a few milliseconds of each other.
constexpr std::chrono::milliseconds patience{100};
constexpr std::size_t max_expected = 1024;

} // namespace

void farewells::forget_old(time_point now) {
    while (!expected_.empty() && expected_.front().ended + patience <= now)
        expected_.pop_front();
}

void farewells::expect(std::string id, protocol revision, time_point now) {
    forget_old(now);
    if (expected_.size() < max_expected) expected_.push_back({now, std::move(id), revision});
}

bool farewells::take(std::string_view id, protocol revision, time_point received, time_point now) {
    forget_old(now);
    const auto found = std::ranges::find(expected_, id, &farewell::id);
    if (found == expected_.end() || found->revision != revision || received > found->ended)
        return false;
    expected_.erase(found);
    return true;
}

} // namespace sockeye::engineio
