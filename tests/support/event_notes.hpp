#pragma once

#include "raw_client.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::testing {

// What happened, in lines; for handlers that run on several threads.
class event_notes {
public:
    void add(std::string line) {
        const std::lock_guard lock(mutex_);
        lines_.push_back(std::move(line));
        changed_.notify_all();
    }
    // Waits until a line has been written so many times; otherwise the test fails, with what was.
    void await(std::string_view line, std::size_t times = 1) {
        std::unique_lock lock(mutex_);
        const bool came =
            changed_.wait_for(lock, patience, [&] { return count_locked(line) >= times; });
        INFO("noted: ", joined_locked());
        REQUIRE_MESSAGE(came, "did not happen: " << std::string(line));
    }
    // What has happened up to now; meaningful once something later is known to have happened.
    [[nodiscard]] std::vector<std::string> lines() const {
        const std::lock_guard lock(mutex_);
        return lines_;
    }
    [[nodiscard]] std::size_t count(std::string_view line) const {
        const std::lock_guard lock(mutex_);
        return count_locked(line);
    }

private:
    [[nodiscard]] std::size_t count_locked(std::string_view line) const {
        return static_cast<std::size_t>(std::ranges::count(lines_, line));
    }
    [[nodiscard]] std::string joined_locked() const {
        std::string all;
        for (const std::string& line : lines_)
            all.append(line).append("; ");
        return all;
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
};

} // namespace sockeye::testing
