#pragma once

#include "clock/clock_ground.hpp"
#include "gate.hpp"
#include "membership.hpp"
#include "only_one.hpp"
#include "unwanted_subscriptions.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::app {

/// The members at this instance, and what they are told of their sessions.
class clock_members : public std::enable_shared_from_this<clock_members> {
public:
    explicit clock_members(std::shared_ptr<clock_ground> ground) : ground_(std::move(ground)) {}

    task<> join(clock_join what);
    void leave(const std::string& session, const std::string& member);
    void disconnect(const std::string& member);
    void retire(); // no subscription is left

    void on_change(const clock_steps::clock_change& change);
    [[nodiscard]] std::vector<std::string> sessions() const;
    /// Whether the members know what is true.
    [[nodiscard]] bool agrees_with(const clock_steps::stored_timing& stored) const;

    void count(clock_counters& into) const;

private:
    struct follower {
        std::size_t joinings = 0; // that are not decided yet
        bool welcome = false;     // is told more
    };
    using follower_ptr = std::shared_ptr<follower>; // who leaves and joins again is another
    struct session {
        explicit session(engineio::shards& shards) : subscribed(shards) {}

        gate subscribed; // to its ticks
        std::optional<timing> known;
        std::map<std::string, follower_ptr> members;
        std::shared_ptr<const clock_audience::members> audience; // of these; null: to be made
        std::optional<store::subscription_id> ticks;
        milliseconds last_tick{};
        bool over = false; // no members any more
        std::atomic<bool> looking = false;
    };
    using session_ptr = std::shared_ptr<session>;

    struct place {
        session_ptr in;
        follower_ptr as;
    };
    class leaving_on_failure;
    place enter(const clock_join& who); // subscribed to
    void subscribe(const std::string& id, const session_ptr& to);
    task<> learn(std::string id, session_ptr in);
    void welcome(const clock_join& who, const place& at);
    void give_up_place(const clock_join& who, const place& at);
    [[nodiscard]] static bool is_at(const place& at, const std::string& member);

    void on_tick(const std::string& id, const session_ptr& in, std::string_view text);
    task<> look_again(std::string id, session_ptr at);
    [[nodiscard]] bool belongs(const clock_tick& tick, const session& to) const;

    // Under the lock; then settle(), without it.
    void remove(const std::string& id, const std::string& member);
    static std::shared_ptr<const clock_audience::members> audience_of(session& in);
    void settle();

    const std::shared_ptr<clock_ground> ground_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, session_ptr> sessions_;
    membership following_;
    unwanted_subscriptions unwanted_{ground_->on.state};
    clock_counters counters_;
};

} // namespace sockeye::app
