#include "state/timing_wheel.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

namespace sockeye::engineio {
namespace {

using namespace std::chrono_literals;

constexpr time_point start{5h};
constexpr auto round_trip = 4096 * timing_wheel::tick;

struct alarm final : timed {
    std::function<void(time_point)> action = [](time_point) {};
    std::vector<std::chrono::nanoseconds> rang{};
    void on_timer(time_point now) override {
        rang.push_back(now - start);
        action(now);
    }
};

using times = std::vector<std::chrono::nanoseconds>;

TEST_CASE("a timer fires at its deadline, once") {
    timing_wheel wheel(start);
    alarm a;
    CHECK(wheel.set(a, start + 100ms) == start + 100ms);
    wheel.advance(start + 99ms);
    CHECK(a.rang.empty());
    wheel.advance(start + 100ms);
    wheel.advance(start + round_trip + 100ms);
    CHECK(a.rang == times{100ms});
}

TEST_CASE("a deadline between two ticks is met at the later one") {
    timing_wheel wheel(start);
    alarm a;
    CHECK(wheel.set(a, start + 100ms + 1ns) == start + 110ms);
    wheel.advance(start + 110ms - 1ns);
    CHECK(a.rang.empty());
    wheel.advance(start + 110ms);
    CHECK(a.rang == times{110ms});
}

TEST_CASE("a deadline that has passed is met at the next tick") {
    timing_wheel wheel(start);
    wheel.advance(start + 1s);
    alarm a;
    for (const auto deadline : {start - 1h, start, start + 1s}) {
        CHECK(wheel.set(a, deadline) == start + 1010ms);
        CHECK(wheel.next() == start + 1010ms);
    }
}

TEST_CASE("time before the wheel's start is no time") {
    timing_wheel wheel(start);
    alarm a;
    wheel.set(a, start + 10ms);
    wheel.advance(start - 1h);
    CHECK(a.rang.empty());
}

TEST_CASE("setting again moves a deadline, cancelling removes it") {
    timing_wheel wheel(start);
    alarm moved, cancelled;
    wheel.set(moved, start + 50ms);
    wheel.set(moved, start + 90ms);
    wheel.set(cancelled, start + 50ms);
    wheel.cancel(cancelled);
    wheel.cancel(cancelled);
    wheel.advance(start + 89ms);
    CHECK(moved.rang.empty());
    wheel.advance(start + 90ms);
    CHECK(moved.rang.size() == 1);
    CHECK(cancelled.rang.empty());
}

TEST_CASE("deadlines rounds ahead are passed over until their round") {
    timing_wheel wheel(start);
    alarm soon, late;
    wheel.set(soon, start + 20ms);
    wheel.set(late, start + 3 * round_trip + 20ms);
    for (int round = 0; round < 3; ++round) {
        wheel.advance(start + round * round_trip + 30ms);
        CHECK(late.rang.empty());
    }
    CHECK(soon.rang.size() == 1);
    wheel.advance(start + 3 * round_trip + 10ms);
    CHECK(late.rang.empty());
    wheel.advance(start + 3 * round_trip + 20ms);
    CHECK(late.rang.size() == 1);
}

TEST_CASE("after a long stall everything due fires, and nothing else") {
    timing_wheel wheel(start);
    alarm due, just, ahead;
    wheel.set(due, start + 10ms);
    wheel.set(just, start + 10 * round_trip);
    wheel.set(ahead, start + 10 * round_trip + 10ms);
    wheel.advance(start + 10 * round_trip);
    CHECK(due.rang.size() == 1);
    CHECK(just.rang.size() == 1);
    CHECK(ahead.rang.empty());
    CHECK(wheel.next() == start + 10 * round_trip + 10ms);
}

TEST_CASE("an entry may set itself again as it fires") {
    timing_wheel wheel(start);
    alarm a;
    a.action = [&](time_point now) { wheel.set(a, now + 30ms); };
    wheel.set(a, start + 30ms);
    for (auto now = start; now <= start + 100ms; now += 10ms)
        wheel.advance(now);
    CHECK(a.rang == times{30ms, 60ms, 90ms});
}

TEST_CASE("an entry that asks for what has passed does not fire twice at once") {
    timing_wheel wheel(start);
    alarm a;
    a.action = [&](time_point now) { wheel.set(a, now); };
    wheel.set(a, start + 10ms);
    wheel.advance(start + 10ms);
    CHECK(a.rang.size() == 1);
    CHECK(wheel.next() == start + 20ms);
}

TEST_CASE("an entry that fires may cancel, move or destroy others, and itself") {
    timing_wheel wheel(start);
    auto first = std::make_unique<alarm>();
    alarm cancelled, moved;
    auto destroyed = std::make_unique<alarm>();
    first->action = [&](time_point now) {
        wheel.cancel(cancelled);
        wheel.set(moved, now + 10ms);
        destroyed.reset();
        first.reset();
    };
    for (timed* entry :
         std::initializer_list<timed*>{first.get(), &cancelled, &moved, destroyed.get()})
        wheel.set(*entry, start + 10ms);
    wheel.advance(start + 10ms);
    CHECK(cancelled.rang.empty());
    CHECK(moved.rang.empty());
    wheel.advance(start + 20ms);
    CHECK(moved.rang == times{20ms});
}

TEST_CASE("entries may outlive the wheel") {
    alarm a;
    {
        timing_wheel wheel(start);
        wheel.set(a, start + 10ms);
    }
    timing_wheel other(start);
    other.set(a, start + 20ms);
    other.advance(start + 20ms);
    CHECK(a.rang.size() == 1);
}

TEST_CASE("a wheel on which nothing waits need not be woken") {
    timing_wheel wheel(start);
    CHECK_FALSE(wheel.next());
    alarm a;
    wheel.set(a, start + 10ms);
    CHECK(wheel.next() == start + 10ms);
    wheel.advance(start + 10ms);
    CHECK_FALSE(wheel.next());
}

TEST_CASE("the next wake-up is found wherever the wheel stands") {
    for (const int stands : {0, 1, 62, 63, 64, 4094, 4095, 4096, 10'000})
        for (const int ahead : {1, 2, 63, 64, 65, 4031, 4032, 4033, 4095, 4096}) {
            CAPTURE(stands);
            CAPTURE(ahead);
            timing_wheel wheel(start);
            wheel.advance(start + stands * timing_wheel::tick);
            alarm a;
            const time_point due = wheel.set(a, start + (stands + ahead) * timing_wheel::tick);
            CHECK(wheel.next() == due);
        }
}

// The wheel beside what it should be: a list of deadlines, each met at the first tick that is not
// before it. Who fires may also set, cancel and destroy.
class wheel_and_model {
public:
    explicit wheel_and_model(unsigned seed) : random_(seed) {
        for (std::size_t i = 0; i < 40; ++i)
            renew(i);
    }

    void step() {
        for (std::size_t i = below(4); i > 0; --i)
            change();
        check_next();
        now_ += below(50) == 0 ? 1ms * below(200'000) : 100us * below(3000);
        wheel_.advance(now_);
        const auto overdue = [&](const auto& entry) { return entry.second <= reached(); };
        REQUIRE(std::ranges::none_of(model_, overdue));
    }

private:
    std::int64_t below(std::int64_t end) { return static_cast<std::int64_t>(random_()) % end; }
    [[nodiscard]] time_point reached() const { // the last tick
        return start + (now_ - start) / timing_wheel::tick * timing_wheel::tick;
    }

    void renew(std::size_t i) {
        alarms_[i] = std::make_unique<alarm>();
        model_.erase(i);
        alarms_[i]->action = [this, i](time_point now) { fired(i, now); };
    }

    void fired(std::size_t i, time_point now) {
        REQUIRE(model_.contains(i));
        REQUIRE(model_.at(i) <= now);
        model_.erase(i);
        if (below(2) == 0) change();
        if (below(10) == 0) renew(i);
    }

    void change() {
        const auto i = static_cast<std::size_t>(below(40));
        const auto what = below(10);
        if (what == 0) return renew(i);
        if (what == 1) {
            wheel_.cancel(*alarms_[i]);
            model_.erase(i);
            return;
        }
        const auto far = below(4) == 0 ? 1ms * below(200'000) : 1ms * below(2000);
        const time_point deadline = now_ + far;
        const time_point due = wheel_.set(*alarms_[i], deadline);
        model_.insert_or_assign(i, due);
        REQUIRE(due >= deadline);
        REQUIRE(due - deadline <= timing_wheel::tick);
    }

    void check_next() {
        const auto next = wheel_.next();
        for (const auto& [i, due] : model_) {
            REQUIRE(next);
            REQUIRE(*next <= due);
        }
    }

    std::mt19937 random_;
    timing_wheel wheel_{start};
    time_point now_ = start;
    std::map<std::size_t, std::unique_ptr<alarm>> alarms_;
    std::map<std::size_t, time_point> model_; // when each is to fire
};

TEST_CASE("whatever is set, moved, cancelled and destroyed, deadlines are met") {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        wheel_and_model both(seed);
        for (int i = 0; i < 2000; ++i)
            both.step();
    }
}

} // namespace
} // namespace sockeye::engineio
