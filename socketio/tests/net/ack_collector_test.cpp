#include "ack_collector.hpp"
#include "net/fake_shards.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sockeye::socketio {
namespace {

struct noted_collector {
    fake_shards shards{2};
    std::vector<std::string> notes;
    array responses;
    std::shared_ptr<ack_collector> collector =
        ack_collector::make(shards, std::chrono::seconds(1), [this](const auto& error, array all) {
            notes.push_back(error.empty() ? "complete" : error);
            responses = std::move(all);
        });
};

} // namespace

TEST_CASE("answers are complete when every server has counted, and as many have answered") {
    noted_collector c;
    c.collector->add_answer(1); // ahead of its server's count
    c.collector->expect_servers(2);
    c.collector->add_count(1);
    CHECK(c.notes.empty());
    c.collector->add_count(2);
    c.collector->add_answer({});
    CHECK(c.notes.empty());
    c.collector->add_answer(3);
    CHECK(c.notes == std::vector<std::string>{"complete"});
    CHECK(c.responses == array{1, nullptr, 3});
}

TEST_CASE("nobody to answer is an answer, once it is known how many servers there are") {
    noted_collector c;
    c.collector->add_count(0);
    CHECK(c.notes.empty());
    c.collector->expect_servers(1);
    CHECK(c.notes == std::vector<std::string>{"complete"});
    CHECK(c.responses.empty());
}

TEST_CASE("time that runs out ends it, with what there is") {
    noted_collector c;
    c.collector->expect_servers(1);
    c.collector->add_count(2);
    c.collector->add_answer("here");
    c.shards.let_time_pass();
    CHECK(c.notes == std::vector<std::string>{"operation has timed out"});
    CHECK(c.responses == array{"here"});
    c.collector->add_answer("late");
    c.collector->fail("too");
    CHECK(c.notes.size() == 1);
}

TEST_CASE("what is complete does not time out") {
    noted_collector c;
    c.collector->expect_servers(1);
    c.collector->add_count(0);
    c.shards.let_time_pass();
    CHECK(c.notes == std::vector<std::string>{"complete"});
}

} // namespace sockeye::socketio
