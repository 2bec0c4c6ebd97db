#include "net/link_fixture.hpp"

#include <sockeye/adapter_redis/shard_links.hpp>
#include <sockeye/engineio/http_server.hpp>

namespace sockeye::adapter_redis {

namespace {

// A server with two threads, and its links, which end when it has stopped.
struct shard_links_fixture : link_fixture {
    shard_links_fixture() {
        http.log([](engineio::log_level, std::string_view) {});
        http.start();
        await([this] { return links->counters().connected; });
    }
    ~shard_links_fixture() { http.stop(0ms); }

    // The answer's text, and on which shard it came.
    std::pair<std::string, unsigned> ask_on(unsigned shard, std::vector<std::string> words) {
        std::promise<std::pair<std::string, unsigned>> answered;
        http.shards().post(shard, [&] {
            links->command_for("k", words, [&](const reply& got) {
                answered.set_value({got.text, http.shards().current()});
            });
        });
        auto answer = answered.get_future();
        REQUIRE(answer.wait_for(testing::patience) == std::future_status::ready);
        return answer.get();
    }

    engineio::http_server http{{.threads = 2}};
    std::unique_ptr<shard_links> links = std::make_unique<shard_links>(options(), http);
};

} // namespace

TEST_CASE("links of shards: what a shard asks is answered on its thread, over its connection") {
    shard_links_fixture fixture;
    const auto [first, on_first] = fixture.ask_on(0, {"CLIENT", "GETNAME"});
    CHECK(on_first == 0);
    fixture.ask_on(1, {"CLIENT", "SETNAME", "second"});
    const auto [name, on_second] = fixture.ask_on(1, {"CLIENT", "GETNAME"});
    CHECK(name == "second");
    CHECK(on_second == 1);
    CHECK(fixture.ask_on(0, {"CLIENT", "GETNAME"}).first == first); // is another one
    CHECK(fixture.links->counters().connects == 2);
}

TEST_CASE("links of shards: another link is on the thread that it is wanted on") {
    shard_links_fixture fixture;
    const auto another = fixture.links->open_link(fixture.options(), 1);
    CHECK_FALSE(another->has_own_thread());
    std::promise<unsigned> answered;
    another->command({"PING"},
                     [&](const reply&) { answered.set_value(fixture.http.shards().current()); });
    auto on = answered.get_future();
    REQUIRE(on.wait_for(testing::patience) == std::future_status::ready);
    CHECK(on.get() == 1);
    fixture.http.stop(0ms); // ahead of the link's end
}

TEST_CASE("links of shards: one subscriber, whoever says something") {
    shard_links_fixture fixture;
    const auto note = [&](std::string_view, std::string_view payload) {
        fixture.notes.add(std::string(payload));
    };
    fixture.links->subscribe(plain, "c", note, [&] { fixture.notes.add("ready"); });
    fixture.notes.await("ready");
    for (const unsigned shard : {0U, 1U})
        fixture.http.shards().post(
            shard, [&, shard] { fixture.links->publish(plain, "c", std::to_string(shard)); });
    fixture.links->publish(plain, "c", "outside");
    for (const char* const said : {"0", "1", "outside"})
        fixture.notes.await(said);
    std::promise<std::optional<std::size_t>> counted;
    fixture.links->count_subscribers(plain, "c", [&](auto count) { counted.set_value(count); });
    CHECK(counted.get_future().get() == 1);
}

TEST_CASE("links of shards: they come back with Redis") {
    shard_links_fixture fixture;
    fixture.server.kill();
    await([&] { return !fixture.links->counters().connected; });
    fixture.server.restart();
    await([&] { return fixture.links->counters().connected; });
    CHECK(fixture.ask_on(1, {"ECHO", "hello"}).first == "hello");
    CHECK(fixture.links->counters().connects == 4);
}

TEST_CASE("links of shards: when they are drained, Redis has what waited") {
    shard_links_fixture fixture;
    const std::string large(8 * 1024 * 1024, 'x');
    fixture.server.pause(); // it is more than the system takes meanwhile
    std::promise<void> said;
    fixture.http.shards().post(1, [&] {
        fixture.links->say_for("k", {"SET", "k", large}, {});
        said.set_value();
    });
    said.get_future().wait();
    fixture.links->drain(0ms);
    CHECK(fixture.links->counters().queued_bytes > 0);
    fixture.server.resume();
    fixture.links->drain(testing::patience);
    fixture.http.stop(0ms);
    fixture.links.reset();
    redis_link outsider(fixture.options());
    CHECK(ask(outsider, {"STRLEN", "k"}).integer == std::int64_t(large.size()));
}

TEST_CASE("links of shards: when they end, who has no answer is told, and may ask for more") {
    shard_links_fixture fixture;
    fixture.server.pause();
    shard_links& links = *fixture.links;
    std::vector<std::string> told;
    std::promise<void> asked;
    fixture.http.shards().post(1, [&] {
        links.command_for("k", {"ECHO", "hello"}, [&](const reply& got) {
            told.push_back(got.text);
            links.command_for("k", {"ECHO", "still there?"},
                              [&](const reply& then) { told.push_back(then.text); });
        });
        asked.set_value();
    });
    asked.get_future().wait();
    fixture.http.stop(0ms);
    fixture.links.reset();
    REQUIRE(told.size() == 2);
    CHECK_FALSE(told[0].empty());
    CHECK(told[1] == "the link to Redis is closed");
    fixture.server.resume();
}

} // namespace sockeye::adapter_redis
