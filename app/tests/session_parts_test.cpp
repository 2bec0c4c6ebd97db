// What needs no store: the order of events, and which are kept.

#include "outbox.hpp"
#include "sessions/event_feed.hpp"
#include "sessions/kept_window.hpp"
#include "sessions/session_event.hpp"
#include "sessions/session_ground.hpp"
#include "support/manual_shards.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sockeye::app {

namespace {

session_event_ptr numbered(std::uint64_t seq) {
    return std::make_shared<const session_event>(session_event{.seq = seq});
}

std::vector<std::uint64_t> numbers(const event_feed::events& given) {
    std::vector<std::uint64_t> all;
    for (const auto& event : given)
        all.push_back(event->seq);
    return all;
}

using seqs = std::vector<std::uint64_t>;
using range = event_feed::range;

} // namespace

TEST_CASE("event feed: gives each event once, in order") {
    event_feed feed;
    CHECK(feed.start(4).empty());
    CHECK(numbers(feed.take(numbered(5))) == seqs{5});
    CHECK(feed.take(numbered(5)).empty());
    CHECK(feed.take(numbered(3)).empty());
    CHECK(feed.take(numbered(8)).empty());
    CHECK(feed.take(numbered(7)).empty());
    CHECK(feed.gap() == range{6, 6});
    CHECK(numbers(feed.take(numbered(6))) == seqs{6, 7, 8});
    CHECK(feed.gap() == std::nullopt);
    CHECK(feed.position() == 8);
}

TEST_CASE("event feed: what comes before it has begun waits for its beginning") {
    event_feed feed;
    for (const std::uint64_t seq : {3, 4, 5, 7})
        CHECK(feed.take(numbered(seq)).empty());
    CHECK(numbers(feed.start(3)) == seqs{4, 5});
    CHECK(feed.gap() == range{6, 6});
}

TEST_CASE("event feed: may begin with whatever comes first") {
    event_feed feed;
    CHECK(feed.start(std::nullopt).empty());
    CHECK(feed.gap() == std::nullopt);
    CHECK(numbers(feed.take(numbered(57))) == seqs{57});
    CHECK(numbers(feed.take(numbered(58))) == seqs{58});

    event_feed with_some;
    with_some.take(numbered(9));
    with_some.take(numbered(8));
    CHECK(numbers(with_some.start(std::nullopt)) == seqs{8, 9});
}

TEST_CASE("event feed: what is lost is given up, gap by gap") {
    event_feed feed;
    feed.start(0);
    for (const std::uint64_t seq : {3, 6})
        feed.take(numbered(seq));
    CHECK(feed.skip(5) == range{1, 2});
    CHECK(numbers(feed.next()) == seqs{3});
    CHECK(feed.skip(5) == range{4, 5});
    CHECK(numbers(feed.next()) == seqs{6});
    CHECK(feed.skip(6) == std::nullopt);
    CHECK(feed.skip(9) == range{7, 9});
    CHECK(feed.position() == 9);
}

TEST_CASE("event feed: of too many that are early the latest are dropped") {
    event_feed feed;
    feed.start(0);
    for (std::uint64_t seq = 1000; seq > 1; --seq)
        feed.take(numbered(seq));
    CHECK(numbers(feed.take(numbered(1))).size() == 64);
    CHECK(feed.gap() == std::nullopt);
}

TEST_CASE("kept window: neither more events nor more bytes than its bounds") {
    kept_window window(3, 100);
    CHECK(window.add(1, 10).empty());
    CHECK(window.add(2, 10).empty());
    CHECK(window.add(3, 10).empty());
    CHECK(window.add(4, 10) == seqs{1});
    CHECK(window.add(5, 85) == seqs{2, 3});
    CHECK(window.add(6, 200) == seqs{4, 5, 6});
    window.refill({{7, 60}, {8, 30}});
    CHECK(window.add(9, 20) == seqs{7});
}

TEST_CASE("session event: is written as other instances read it") {
    const session_event event{.session_id = "s",
                              .seq = 3,
                              .type = "text \"x\"",
                              .data = socketio::object{{"n", 1.5}},
                              .timestamp = milliseconds(12)};
    const std::string text =
        R"({"sessionId":"s","seq":3,"type":"text \"x\"","data":{"n":1.5},"timestamp":12})";
    CHECK(write_event(event) == text);
    REQUIRE(read_event(text));
    CHECK(*read_event(text) == event);
    CHECK(read_event(R"({"sessionId":"s","seq":1,"type":"t"})")->data.is_null());
}

TEST_CASE("session event: anything else is none") {
    for (const char* text :
         {"", "null", "[1]", "{}", R"({"sessionId":"","seq":1,"type":"t"})",
          R"({"sessionId":"s","seq":-1,"type":"t"})", R"({"sessionId":"s","seq":"1","type":"t"})",
          R"({"sessionId":"s","seq":1.5,"type":"t"})", R"({"sessionId":"s","seq":1})"}) {
        CAPTURE(text);
        CHECK_FALSE(read_event(text));
    }
}

TEST_CASE("join code: is short, and has nothing in it that looks like something else") {
    for (int i = 0; i < 1000; ++i) {
        const std::string code = draw_code(6);
        CHECK(code.size() == 6);
        CHECK(code.find_first_of("01ILOilo") == std::string::npos);
    }
    CHECK(draw_code(12) != draw_code(12));
}

TEST_CASE("outbox: what a call adds is called after those that waited") {
    testing::manual_shards shards;
    outbox out(shards);
    std::vector<int> called;
    out.add([&] {
        called.push_back(1);
        out.add([&] { called.push_back(3); });
        out.flush();
    });
    out.add([&] { called.push_back(2); });
    CHECK(called.empty());
    out.flush();
    CHECK(called == std::vector<int>{1, 2, 3});
    out.add([&] { called.push_back(4); });
    out.close();
    out.flush();
    CHECK(called.size() == 3);
}

} // namespace sockeye::app
