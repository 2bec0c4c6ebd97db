#include "state/command_queue.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::adapter_redis {
namespace {

// A queue whose commands are their own answers.
struct queue_script {
    explicit queue_script(std::size_t max_bytes) : queue(max_bytes) {}

    bool add(const std::string& command, std::size_t answers = 1) {
        command_queue::waiter who{
            [this, command](const reply& answer) { heard += command + "=" + answer.text + " "; }};
        return queue.add(command, who, answers);
    }
    bool answer(const std::string& text) {
        command_queue::waiter whose;
        if (!queue.answered(whose)) return false;
        whose.then({.kind = reply_kind::text, .text = text});
        return true;
    }
    void abandon() {
        for (const auto& one : queue.abandon())
            one.then({.kind = reply_kind::error, .text = "lost"});
    }

    command_queue queue;
    std::string heard;
};

TEST_CASE("of several commands that must follow each other, the last one's answer counts") {
    queue_script script(100);
    CHECK(script.add("a"));
    CHECK(script.add("bc", 2));
    CHECK(script.add("d"));
    CHECK(script.queue.take() == "abcd");
    command_queue::waiter whose;
    CHECK(script.answer("1"));
    CHECK(script.queue.answered(whose));
    CHECK_FALSE(whose.then);
    CHECK(script.answer("3"));
    CHECK(script.answer("4"));
    CHECK(script.heard == "a=1 bc=3 d=4 ");
}

TEST_CASE("commands leave together, and are answered in order") {
    queue_script script(100);
    CHECK(script.queue.is_idle());
    CHECK(script.add("a"));
    CHECK(script.add("b"));
    CHECK_FALSE(script.queue.is_idle());
    CHECK(script.queue.take() == "ab");
    CHECK_FALSE(script.queue.has_waiting());
    CHECK(script.add("c"));
    CHECK(script.answer("1"));
    CHECK(script.answer("2"));
    CHECK_FALSE(script.answer("3")); // c is not written
    CHECK(script.queue.take() == "c");
    CHECK(script.answer("3"));
    CHECK(script.heard == "a=1 b=2 c=3 ");
    CHECK(script.queue.is_idle());
}

TEST_CASE("what would make the queue too long is not taken") {
    queue_script script(3);
    CHECK(script.add("ab"));
    CHECK_FALSE(script.add("cd"));
    CHECK(script.add("e"));
    CHECK(script.queue.bytes() == 3);
    CHECK(script.queue.take() == "abe");
    CHECK_FALSE(script.add("f")); // it counts until it is written
    script.queue.written();
    CHECK(script.queue.bytes() == 0);
    CHECK(script.add("f"));
}

TEST_CASE("a command longer than the limit is taken by an empty queue") {
    queue_script script(3);
    CHECK(script.add("abcdef"));
    CHECK_FALSE(script.add("g"));
}

TEST_CASE("a lost connection ends what was written, and keeps what was not") {
    queue_script script(100);
    CHECK(script.add("a"));
    CHECK(script.queue.take() == "a");
    CHECK(script.add("b"));
    script.abandon();
    CHECK(script.heard == "a=lost ");
    CHECK(script.queue.bytes() == 1);
    CHECK(script.queue.take() == "b");
    CHECK(script.answer("1"));
    CHECK(script.heard == "a=lost b=1 ");
}

} // namespace
} // namespace sockeye::adapter_redis
