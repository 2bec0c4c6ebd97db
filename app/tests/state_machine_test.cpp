#include <sockeye/app/state_machine.hpp>
#include <sockeye/socketio/value.hpp>

#include <doctest/doctest.h>

#include <stdexcept>

namespace sockeye::app {

namespace {

using namespace std::chrono_literals;
using socketio::array;
using socketio::object;
using socketio::value;

state_machine small() {
    return {.name = "small",
            .roles = {"a", "b"},
            .phases = {"one", "two"},
            .moves = {{.name = "go", .from = {"one"}, .to = "two", .by = {"a"}}},
            .timeouts = {{.phase = "one", .after = 1s, .move = "go"}}};
}

std::string wrong_with(const state_machine& machine) {
    try {
        check(machine);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "";
}

template<class Change>
std::string wrong_after(Change change) {
    auto machine = small();
    change(machine);
    return wrong_with(machine);
}

} // namespace

TEST_CASE("state machine: what does not fit together is named") {
    CHECK(wrong_with(small()).empty());
    CHECK(wrong_with(court_machine()).empty());
    CHECK(wrong_after([](auto& m) { m.phases.clear(); }) ==
          "state machine 'small': it has no phases");
    CHECK(wrong_after([](auto& m) { m.phases.push_back("three"); }) ==
          "state machine 'small': phase 'three': no move leads to it");
    CHECK(wrong_after([](auto& m) { m.phases.push_back("one"); }) ==
          "state machine 'small': phase 'one' twice");
    CHECK(wrong_after([](auto& m) { m.moves[0].to = "x"; }) ==
          "state machine 'small': move 'go': no phase 'x'");
    CHECK(wrong_after([](auto& m) { m.moves[0].from = {"x"}; }) ==
          "state machine 'small': move 'go': no phase 'x'");
    CHECK(wrong_after([](auto& m) { m.moves[0].from = {}; }) ==
          "state machine 'small': move 'go': it leads out of no phase");
    CHECK(wrong_after([](auto& m) { m.moves[0].by = {"x"}; }) ==
          "state machine 'small': move 'go': no role 'x'");
    CHECK(wrong_after([](auto& m) { m.moves.push_back(m.moves[0]); }) ==
          "state machine 'small': move 'go' twice");
    CHECK(wrong_after([](auto& m) { m.timeouts[0].move = "x"; }) ==
          "state machine 'small': time-out of 'one': no move 'x' leads out of it");
    CHECK(wrong_after([](auto& m) { m.timeouts[0].after = 0s; }) ==
          "state machine 'small': time-out of 'one': 'after' must be more than 0 ms");
    CHECK(wrong_after([](auto& m) { m.timeouts.push_back(m.timeouts[0]); }) ==
          "state machine 'small': time-out of 'one': there are two");
    CHECK(wrong_after([](auto& m) { m.phases[1] = "a\nb"; }).find("letters, digits") !=
          std::string::npos);
}

TEST_CASE("state machine: reads what it writes, and says what it cannot read") {
    const value written = to_value(court_machine());
    CHECK(to_value(read_machine(written)) == written);
    CHECK_THROWS_AS(read_machine(value(3)), std::invalid_argument);
    CHECK_THROWS_AS(read_machine(object{{"name", "x"}}), std::invalid_argument);
}

TEST_CASE("state machine: knows where moves lead from, and where none does") {
    const auto court = court_machine();
    CHECK(court.find_move("accept", "pending") != nullptr);
    CHECK(court.find_move("accept", "evidence") == nullptr);
    CHECK(court.is_final("closed"));
    CHECK_FALSE(court.is_final("verdict"));
    CHECK(court.timeout_of("closed") == nullptr);
}

} // namespace sockeye::app
