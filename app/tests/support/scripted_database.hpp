#pragma once

#include "event_log/event_database.hpp"
#include "raw_client.hpp"

#include <doctest/doctest.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

namespace sockeye::app {

/// Takes batches of events as the test says, and notes them: "1: data data".
class scripted_database final : public event_database {
public:
    /// Whoever writes waits until it is released.
    void hold() {
        change([this] { held_ = true; });
    }
    void release() {
        change([this] { held_ = false; });
    }
    /// Each of the next attempts fails with one of these.
    void fail_next(std::vector<std::string> why) {
        change([&] { failures_ = std::move(why); });
    }
    void fail_always(std::string why) { // empty: no more
        change([&] { failure_ = std::move(why); });
    }
    /// Batches with that event.
    void refuse(std::string data) {
        change([&] { refused_ = std::move(data); });
    }

    void await_attempts(std::size_t count) {
        std::unique_lock lock(mutex_);
        REQUIRE(
            changed_.wait_for(lock, testing::patience, [&] { return attempts_.size() >= count; }));
    }
    [[nodiscard]] std::vector<std::string> attempts() const {
        const std::lock_guard lock(mutex_);
        return attempts_;
    }
    /// Those that were written.
    [[nodiscard]] std::vector<std::string> batches() const {
        const std::lock_guard lock(mutex_);
        return batches_;
    }

    void check() override {
        const std::lock_guard lock(mutex_);
        if (!failure_.empty()) throw database_away(failure_);
    }
    void apply(std::uint64_t batch_number, const batch_plan& plan) override {
        const std::string name = std::to_string(batch_number) + ": " + data_of(plan);
        std::unique_lock lock(mutex_);
        attempts_.push_back(name);
        changed_.notify_all();
        changed_.wait(lock, [this] { return !held_; });
        if (!failure_.empty()) throw database_away(failure_);
        if (!failures_.empty()) {
            const std::string why = failures_.front();
            failures_.erase(failures_.begin());
            throw database_away(why);
        }
        if (!refused_.empty() && name.find(refused_) != std::string::npos)
            throw write_refused("refused");
        batches_.push_back(name);
    }

    std::vector<logged_event> events(const page&) override { return {}; }
    std::vector<logged_session> active_sessions(milliseconds, std::size_t) override { return {}; }
    usage_totals usage(const std::string&, const std::string&) override { return {}; }
    std::uint64_t remove_inactive(milliseconds, std::size_t) override { return 0; }

private:
    template<class Change>
    void change(Change what) {
        const std::lock_guard lock(mutex_);
        what();
        changed_.notify_all();
    }
    static std::string data_of(const batch_plan& plan) {
        std::string all;
        for (const auto& [session_id, part] : plan.sessions)
            for (const event_row* event : part.events)
                all += (all.empty() ? "" : " ") + event->data;
        return all;
    }

    mutable std::mutex mutex_; // guards the rest
    std::condition_variable changed_;
    bool held_ = false;
    std::vector<std::string> failures_;
    std::string failure_;
    std::string refused_;
    std::vector<std::string> attempts_;
    std::vector<std::string> batches_;
};

} // namespace sockeye::app
