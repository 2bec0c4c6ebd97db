// A session read from the event log as a whole.

#include "support/logged.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

namespace sockeye::app {

TEST_CASE("event log: replay gives the fold of a session's own events, however they came in") {
    over_each_database([](log_world& world) {
        constexpr std::size_t sessions = 5;
        constexpr std::size_t events = 40;
        const auto fold = [](std::string state, const logged_event& event) {
            return state + event.type + event.data.as_string() + ";";
        };
        std::mt19937 random(7);
        for (int round = 0; round < 8; ++round) {
            // Two instances, batches of any size, pages of any size.
            const auto option = [&] {
                return event_log_options{.max_batch = 1 + random() % 20,
                                         .max_page_bytes = 1 + random() % 300};
            };
            const auto a = world.open(option());
            const auto b = world.open(option());
            std::vector<std::string> expected(sessions);
            std::vector<std::size_t> turns; // an interleaving
            for (std::size_t i = 0; i < sessions * events; ++i)
                turns.push_back(i % sessions);
            std::ranges::shuffle(turns, random);
            std::vector<pending<logged_event>> answers;
            for (const std::size_t session : turns) {
                const new_event next{.session_id =
                                         std::to_string(round) + ":" + std::to_string(session),
                                     .type = std::string(1, static_cast<char>('a' + random() % 3)),
                                     .data = std::to_string(random() % 1000)};
                expected[session] += next.type + next.data.as_string() + ";";
                answers.push_back((session % 2 == 0 ? a : b)->append(next));
            }
            for (const auto& answer : answers)
                wait(answer);
            for (std::size_t session = 0; session < sessions; ++session) {
                const std::string id = std::to_string(round) + ":" + std::to_string(session);
                CHECK(wait(replay(*a, id, std::string(), fold)) == expected[session]);
                CHECK(wait(replay(*b, id, std::string(), fold)) == expected[session]);
            }
        }
    });
}

TEST_CASE("event log: without a fold, replay gives the last data of each type") {
    over_each_database([](log_world& world) {
        const auto log = world.open();
        for (const auto& [type, data] : {std::pair{"tempo", 90}, {"key", 3}, {"tempo", 120}})
            wait(log->append({.session_id = "s", .type = type, .data = data}));
        CHECK(wait(replay(*log, "s")) == latest_data{{"key", 3}, {"tempo", 120}});
        CHECK(wait(replay(*log, "nobody's")).empty());
    });
}

TEST_CASE("event log: a transcript is the session in lines of JSON") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.max_page_bytes = 1, .now = [] { return 5ms; }});
        wait(log->append({.session_id = "s", .type = "say", .data = "a\"b", .user_id = "ann"}));
        wait(log->append({.session_id = "s", .type = "end"}));
        std::string lines;
        const auto written =
            wait(export_transcript(*log, "s", [&lines](std::string_view some) { lines += some; }));
        CHECK(written.events == 2);
        CHECK(written.last == 2);
        CHECK(written.complete);
        CHECK(lines ==
              R"({"session_id":"s","sequence_number":1,"event_type":"say","event_data":"a\"b",)"
              R"("user_id":"ann","timestamp":5})"
              "\n"
              R"({"session_id":"s","sequence_number":2,"event_type":"end","event_data":null,)"
              R"("user_id":null,"timestamp":5})"
              "\n");
    });
}

TEST_CASE("event log: a transcript may begin after a number, and ends once it is long enough") {
    over_each_database([](log_world& world) {
        const auto log = world.open({.max_page_bytes = 1});
        append_many(*log, "s", "a", 5);
        std::string lines;
        const auto add = [&lines](std::string_view some) { lines += some; };
        const auto whole = wait(export_transcript(*log, "s", add, 1));
        CHECK(whole.events == 4);
        CHECK(whole.complete);
        const std::size_t line = lines.size() / 4;
        const auto part = wait(export_transcript(*log, "s", add, 1, line + 1));
        CHECK(part.events == 2);
        CHECK(part.last == 3);
        CHECK_FALSE(part.complete);
        const auto none = wait(export_transcript(*log, "s", add, 5));
        CHECK(none.events == 0);
        CHECK(none.last == 5);
        CHECK(none.complete);
    });
}

} // namespace sockeye::app
