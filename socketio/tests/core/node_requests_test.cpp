#include "state/node_requests.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sockeye::socketio {
namespace {

struct asker {
    node_requests requests;
    std::vector<std::string> told; // the error, then the values

    node_requests::finish finish() {
        return [this](const std::string& error, const server_answers& answers) {
            std::string line = error;
            for (const value& one : answers.values)
                line += " " + one.as_string();
            for (const socket_details& one : answers.sockets)
                line += " " + one.id;
            told.push_back(line);
        };
    }
    void answer(const std::string& from, const std::string& with) {
        if (auto ended = requests.answer("id", from, {.values = {with}})) ended->tell();
    }
    void time_out() {
        if (auto ended = requests.time_out("id")) ended->tell();
    }
};

} // namespace

TEST_CASE("a request by number ends with the last answer, in the order in which they came") {
    asker a;
    a.requests.add("id", 2, {}, a.finish());
    a.answer("one", "1");
    CHECK(a.told.empty());
    a.answer("two", "2");
    CHECK(a.told == std::vector<std::string>{" 1 2"});
}

TEST_CASE("a request ends once, whatever comes behind") {
    asker a;
    a.requests.add("id", 1, {}, a.finish());
    a.answer("one", "1");
    a.answer("two", "2");
    a.time_out();
    CHECK(a.requests.fail_all("why").empty());
    CHECK(a.told == std::vector<std::string>{" 1"});
}

TEST_CASE("a request by number that times out says how many answers there are of how many") {
    asker a;
    a.requests.add("id", 3, {}, a.finish());
    a.answer("one", "1");
    a.time_out();
    CHECK(a.told ==
          std::vector<std::string>{"timeout reached: only 1 responses received out of 3 1"});
}

TEST_CASE("a server that answers twice is counted once; one without a name, each time") {
    asker a;
    a.requests.add("id", 3, {}, a.finish());
    a.answer("one", "1");
    a.answer("one", "again");
    a.answer("", "2");
    CHECK(a.told.empty());
    a.answer("", "3");
    CHECK(a.told == std::vector<std::string>{" 1 2 3"});
}

TEST_CASE("a request by name ends when those named have answered or left") {
    asker a;
    a.requests.add("id", {"one", "two", "three"}, {}, a.finish());
    a.answer("one", "1");
    a.answer("stranger", "s");
    CHECK(a.requests.server_left("one").empty());
    CHECK(a.requests.server_left("two").empty());
    a.answer("three", "3");
    CHECK(a.told == std::vector<std::string>{" 1 s 3"});
}

TEST_CASE("the last server's leaving ends the requests that wait for it, and no others") {
    asker a;
    a.requests.add("id", {"one"}, {}, a.finish());
    a.requests.add("other", {"one", "two"}, {}, a.finish());
    a.requests.add("counted", 1, {}, a.finish());
    auto complete = a.requests.server_left("one");
    REQUIRE(complete.size() == 1);
    complete.front().tell();
    CHECK(a.told == std::vector<std::string>{""});
    CHECK(a.requests.fail_all("closed").size() == 2);
}

TEST_CASE("a request by name that times out says how many are missing") {
    asker a;
    a.requests.add("id", {"one", "two", "three"}, {}, a.finish());
    a.answer("two", "2");
    a.time_out();
    CHECK(a.told == std::vector<std::string>{"timeout reached: missing 2 responses 2"});
}

TEST_CASE("what was known before comes ahead of the answers") {
    asker a;
    a.requests.add("id", 1, {.sockets = {{.id = "here"}}}, a.finish());
    auto ended = a.requests.answer("id", "one", {.sockets = {{.id = "there"}}});
    REQUIRE(ended);
    ended->tell();
    CHECK(a.told == std::vector<std::string>{" here there"});
}

} // namespace sockeye::socketio
