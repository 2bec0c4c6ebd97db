#pragma once

#include "support/flaky_store.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/shared_clock.hpp>

#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <thread>

namespace sockeye::app {

using texts = std::vector<std::string>;

/// An instance with its members, and what each of them was told: "at 0 stopped", "tick 100",
/// "plays from 0", "stopped at 100".
class clock_instance final : public clock_audience {
public:
    clock_instance(const context& on, const clock_options& options) : service_(on, *this, options) {
        std::promise<void> ready;
        service_.start([&] { ready.set_value(); });
        REQUIRE(ready.get_future().wait_for(30s) == std::future_status::ready);
    }

    shared_clock* operator->() { return &service_; }

    void join(const std::string& session, const std::string& member) {
        wait(service_.join(joining(session, member)));
        await([&] { return !told(member).empty(); });
    }
    /// Notes its welcome.
    clock_join joining(const std::string& session, const std::string& member) {
        return {.session_id = session,
                .member = member,
                .welcome = [this, member](const clock_state& state) {
                    add({member}, "joins, " + text(state));
                }};
    }

    texts told(const std::string& member) {
        const std::lock_guard lock(mutex_);
        return told_[member];
    }
    /// Waits until so much was told, gives it away, and forgets it.
    texts hear(const std::string& member, std::size_t count) {
        await([&] { return told(member).size() >= count; });
        const std::lock_guard lock(mutex_);
        return std::exchange(told_[member], {});
    }

    template<class Condition>
    static void await(Condition holds) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (!holds()) {
            const bool in_time = std::chrono::steady_clock::now() < deadline; // not each is counted
            if (!in_time) FAIL("what was waited for has not come");
            std::this_thread::yield();
        }
    }

private:
    static std::string text(const clock_state& state) {
        return (state.is_playing ? "plays at " : "stopped at ") +
               std::to_string(state.position.count());
    }
    void add(const members& who, const std::string& what) {
        const std::lock_guard lock(mutex_);
        for (const std::string& one : who)
            told_[one].push_back(what);
    }
    void on_state(const members& who, const clock_state& state) override { add(who, text(state)); }
    void on_tick(const members& who, const clock_tick& tick) override {
        add(who, "tick " + std::to_string(tick.position.count()));
    }

    std::mutex mutex_;
    std::map<std::string, texts> told_;
    shared_clock service_;
};

inline texts ticks(int first, int last) {
    texts all;
    for (int at = first; at <= last; at += 100)
        all.push_back("tick " + std::to_string(at));
    return all;
}

struct clock_cluster {
    explicit clock_cluster(service_world& in) : world(in), flaky(in.state(), in.shards) {}

    /// Knows of those before it.
    std::unique_ptr<clock_instance> instance(const std::string& node) {
        return started(world.instance(node));
    }
    std::unique_ptr<clock_instance> flaky_instance(const std::string& node) {
        const context on = world.instance(node);
        return started({flaky, on.shards, on.now, on.node, on.log});
    }
    /// Its timers stand still unless `hung` passes time.
    std::unique_ptr<clock_instance> hanging_instance(const std::string& node) {
        const context on = world.instance(node);
        return started({on.state, hung, on.now, on.node, on.log});
    }

    /// The instance ticks so many sessions.
    void await_ticked(clock_instance& at, std::size_t count) {
        clock_instance::await([&] { return at->counters().ticked == count; });
        // Which is seen before its timer is set.
        if (count > 0) clock_instance::await([&] { return ticks(world.shards) || ticks(hung); });
    }
    /// The only session that the instance ticks.
    void play(clock_instance& at, const std::string& session) {
        wait(at->start_playing(session));
        await_ticked(at, 1);
    }
    std::optional<std::string> timing_field(const std::string& session, const std::string& name) {
        return commit(world.state(), transaction().get_field("timing:" + session, name))
            .replies[0]
            .text;
    }
    std::string now() { return std::to_string(world.shards.now().count()); }

    service_world& world;
    testing::manual_shards hung; // outlives what closes the store
    testing::flaky_store flaky;
    clock_options options;

private:
    [[nodiscard]] bool ticks(const testing::manual_shards& on) const {
        return on.next() <= on.now() + options.resolution;
    }
    std::unique_ptr<clock_instance> started(const context& on) {
        auto made = std::make_unique<clock_instance>(on, options);
        clock_instance::await([&] {
            const auto leases = commit(world.state(), transaction().members("clock:leases"));
            return std::ranges::count(leases.replies[0].items, on.node + "/1") == 1;
        });
        return made;
    }
};

} // namespace sockeye::app
