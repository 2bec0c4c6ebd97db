// What needs no store: when sessions tick, and what is written.

#include "clock/clock_steps.hpp"
#include "clock/tick_schedule.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sockeye::app {

namespace {

using namespace std::chrono_literals;
using ticks = std::vector<clock_tick>;

timing playing(milliseconds start_time, milliseconds position = 0ms) {
    return {.playing = true, .tempo = 120, .start_time = start_time, .position = position};
}

} // namespace

TEST_CASE("tick schedule: ticks whenever the position is a multiple of the interval") {
    tick_schedule schedule(100ms);
    schedule.set("s", playing(1000ms, 250ms), 1000ms);
    CHECK(schedule.due(1049ms).empty());
    CHECK(schedule.due(1050ms) == ticks{{"s", 300ms, 1050ms}});
    CHECK(schedule.due(1149ms).empty());
    CHECK(schedule.due(1150ms) == ticks{{"s", 400ms, 1150ms}});
}

TEST_CASE("tick schedule: a late tick does not delay the next, and says when it was due") {
    tick_schedule schedule(100ms);
    schedule.set("s", playing(0ms), 0ms);
    CHECK(schedule.due(190ms) == ticks{{"s", 100ms, 100ms}});
    CHECK(schedule.due(200ms) == ticks{{"s", 200ms, 200ms}});
    milliseconds now = 200ms;
    for (int i = 3; i < 1000; ++i) {
        now = 100ms * i + milliseconds(i % 97);
        REQUIRE(schedule.due(now) == ticks{{"s", 100ms * i, 100ms * i}});
    }
}

TEST_CASE("tick schedule: what is late by an interval is left out; there is no burst") {
    tick_schedule schedule(100ms);
    schedule.set("s", playing(0ms), 0ms);
    CHECK(schedule.due(1050ms).empty());
    CHECK(schedule.skipped() == 1);
    CHECK(schedule.due(1050ms).empty());
    CHECK(schedule.due(1100ms) == ticks{{"s", 1100ms, 1100ms}});
}

TEST_CASE("tick schedule: each session has its own moments") {
    tick_schedule schedule(100ms);
    schedule.set("a", playing(0ms), 0ms);
    schedule.set("b", playing(30ms), 30ms);
    CHECK(schedule.due(140ms) == ticks{{"a", 100ms, 100ms}, {"b", 100ms, 130ms}});
    schedule.remove("a");
    CHECK(schedule.due(240ms) == ticks{{"b", 200ms, 230ms}});
    CHECK(schedule.sessions() == std::vector<std::string>{"b"});
    schedule.clear();
    CHECK(schedule.due(340ms).empty());
}

TEST_CASE("tick schedule: who takes a session over ticks it at the same moments") {
    tick_schedule schedule(100ms);
    schedule.set("s", playing(1000ms, 250ms), 5432ms);
    CHECK(schedule.due(5450ms) == ticks{{"s", 4700ms, 5450ms}});
}

TEST_CASE("tick schedule: a change that keeps the position loses no tick that was due") {
    tick_schedule schedule(100ms);
    const timing first = playing(0ms);
    schedule.set("s", first, 0ms);
    timing faster = first.as_of(105ms);
    faster.tempo = 200;
    SUBCASE("before it was given") {
        schedule.set("s", faster, 105ms);
        CHECK(schedule.due(106ms) == ticks{{"s", 100ms, 100ms}});
    }
    SUBCASE("nor gives one twice") {
        CHECK(schedule.due(100ms).size() == 1);
        schedule.set("s", faster, 105ms);
        CHECK(schedule.due(106ms).empty());
    }
    SUBCASE("but one that moves it does") {
        schedule.set("s", playing(105ms, 5000ms), 105ms);
        CHECK(schedule.due(204ms).empty());
        CHECK(schedule.due(205ms) == ticks{{"s", 5100ms, 205ms}});
        return;
    }
    CHECK(schedule.due(200ms) == ticks{{"s", 200ms, 200ms}});
}

TEST_CASE("timing: read from what Node writes, and from what cannot be read") {
    const auto read = [](std::vector<std::string> fields) {
        const store_reply replies[2]{{.items = std::move(fields)}, {.text = "a/1"}};
        return clock_steps::read_look("s", replies, {});
    };
    const auto stored = read({"startTime", "1700000000000.25", "tempo", "92.5", "isPlaying", "true",
                              "position", "1234.6", "more", "text"});
    CHECK(stored.value == timing{true, 92.5, 1'700'000'000'000ms, 1235ms});
    CHECK(stored.owner == "a/1");
    CHECK(stored.fields.size() == 4);
    const auto wrong =
        read({"startTime", "x", "tempo", "", "isPlaying", "TRUE", "position", "nan"});
    CHECK(wrong.value == timing{false, 120, 0ms, 0ms});
    CHECK(read({"position", "1e300"}).value.position == 0ms);
    CHECK_FALSE(read({}).exists);
}

TEST_CASE("tick: is written as other instances read it") {
    const clock_tick tick{"s", 1200ms, 1'700'000'000'000ms};
    const std::string text = R"({"sessionId":"s","positionMs":1200,"timestamp":1700000000000})";
    CHECK(clock_steps::write_tick(tick) == text);
    CHECK(clock_steps::read_tick(text) == tick);
    CHECK(clock_steps::read_tick(R"({"sessionId":"s","positionMs":0.7,"timestamp":3})")->position ==
          1ms);
    for (const char* wrong : {"", "{}", "[]", R"({"sessionId":1,"positionMs":1,"timestamp":1})",
                              R"({"sessionId":"s","positionMs":"1","timestamp":1})"})
        CHECK_FALSE(clock_steps::read_tick(wrong));
}

TEST_CASE("clock session ids have no colon, so that no session's key is another's") {
    CHECK(clock_steps::is_session_id("band 7"));
    for (const char* wrong : {"", "meta:x", "x:owner", "a\nb"})
        CHECK_FALSE(clock_steps::is_session_id(wrong));
}

} // namespace sockeye::app
