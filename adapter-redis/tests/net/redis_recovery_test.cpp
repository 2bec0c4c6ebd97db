// What becomes of a link when Redis, or the way there, does not keep up.

#include "link_fixture.hpp"

namespace sockeye::adapter_redis {
namespace {

// Both connections of the fixture's links.
void await_back(link_fixture& fixture) {
    fixture.notes.await(fixture.called("commands") + " is back");
    fixture.notes.await(fixture.called("subscriptions") + " is back");
}

TEST_CASE("after Redis was killed and came back, subscriptions are restored") {
    link_fixture fixture;
    redis_link link(fixture.options());
    fixture.subscribe(link, plain, "a");
    fixture.subscribe(link, pattern, "b*");
    fixture.subscribe(link, sharded, "c");
    fixture.server.restart();
    await_back(fixture);
    await([&] { return count(link, plain, "a") == 1 && count(link, sharded, "c") == 1; });
    link.publish(plain, "a", "1");
    link.publish(plain, "b1", "2");
    link.publish(sharded, "c", "3");
    fixture.notes.await("a=1");
    fixture.notes.await("b1=2");
    fixture.notes.await("c=3");
    CHECK(fixture.notes.count("ready a") == 1);
    CHECK(link.counters().connects == 2);
}

TEST_CASE("what changes while Redis is away is told when it is back") {
    link_fixture fixture;
    redis_link link(fixture.options());
    const auto gone = fixture.subscribe(link, plain, "gone");
    fixture.server.kill();
    fixture.notes.await(fixture.called("subscriptions") + " lost: End of file");
    await([&] { return !link.counters().connected; });
    link.unsubscribe(gone);
    link.subscribe(plain, "new", {}, [&] { fixture.notes.add("ready new"); });
    link.command({"SET", "kept", "yes"});
    fixture.server.restart();
    fixture.notes.await("ready new");
    CHECK(count(link, plain, "gone") == 0);
    CHECK(ask(link, {"GET", "kept"}).text == "yes");
}

TEST_CASE("commands that may not wait fail while Redis is away, also those that waited already") {
    link_fixture fixture;
    redis_options options = fixture.options();
    options.queue_while_away = false;
    options.max_queue_bytes = 64'000'000;
    redis_link link(options);
    await([&] { return link.counters().connected; });
    fixture.server.pause();
    const auto note = [&fixture](const reply& answer) { fixture.notes.add(answer.text); };
    link.command({"SET", "large", std::string(32'000'000, 'x')},
                 note); // more than the network takes
    await([&] { return link.counters().queued_bytes > 0; });
    link.command({"PING"}, note);
    fixture.server.kill();
    fixture.notes.await("the connection to Redis was lost", 2);
    CHECK(link.counters().queued_bytes == 0);
    CHECK(ask(link, {"PING"}).text == "Redis is away");
    CHECK(link.counters().dropped == 1);
    fixture.server.restart();
    await([&] { return link.counters().connected; });
    CHECK(ask(link, {"PING"}).text == "PONG");
}

TEST_CASE("a link may be there before Redis") {
    link_fixture fixture;
    fixture.server.kill();
    redis_link link(fixture.options());
    fixture.notes.await(fixture.called("commands") + " cannot be made: Connection refused");
    fixture.server.restart();
    CHECK(ask(link, {"PING"}).text == "PONG");
}

TEST_CASE("a connection that Redis closes is made again") {
    link_fixture fixture;
    redis_link link(fixture.options());
    fixture.subscribe(link, plain, "a");
    redis_link admin(fixture.options());
    CHECK(ask(admin, {"CLIENT", "KILL", "TYPE", "pubsub"}).integer == 1);
    CHECK(ask(admin, {"CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"}).integer == 1);
    await_back(fixture);
    await([&] { return count(admin, plain, "a") == 1; });
    CHECK(admin.counters().connects == 1);
}

TEST_CASE("a command that was sent to a Redis that died is told; one that was not, is sent later") {
    link_fixture fixture;
    redis_link link(fixture.options());
    CHECK(ask(link, {"PING"}).text == "PONG");
    fixture.server.pause();
    link.command({"SET", "a", "1"},
                 [&fixture](const reply& answer) { fixture.notes.add("first: " + answer.text); });
    await([&] { return link.counters().queued_bytes == 0; });
    fixture.server.kill();
    fixture.notes.await("first: the connection to Redis was lost");
    CHECK(link.counters().failed == 1);
    link.command({"SET", "a", "2"},
                 [&fixture](const reply& answer) { fixture.notes.add("second: " + answer.text); });
    fixture.server.restart();
    fixture.notes.await("second: OK");
}

TEST_CASE("a link that ends reports what it has not sent") {
    link_fixture fixture;
    redis_options options = fixture.options();
    options.close_timeout = 0ms;
    {
        redis_link link(options);
        fixture.server.kill();
        await([&] { return !link.counters().connected; });
        for (int i = 0; i < 3; ++i)
            link.publish(plain, "channel", "lost");
    }
    CHECK(fixture.notes.count("redis: what is said is lost: the link to Redis is closed") == 1);
}

TEST_CASE("a Redis that hangs is noticed") {
    link_fixture fixture;
    redis_options options = fixture.options();
    options.ping_interval = 10ms;
    options.ping_timeout = 500ms;
    options.connect_timeout = 500ms;
    redis_link link(options);
    fixture.subscribe(link, plain, "a");
    await([&] { return link.counters().connected; });
    fixture.server.pause();
    fixture.notes.await(fixture.called("commands") + " lost: no sign of life");
    CHECK(link.counters().failed == 0); // a ping that is not answered is no loss
    fixture.notes.await(fixture.called("subscriptions") + " lost: no sign of life");
    fixture.server.resume();
    await_back(fixture);
    await([&] { return count(link, plain, "a") == 1; });
}

TEST_CASE("a quiet connection is kept by its pings") {
    link_fixture fixture;
    redis_options options = fixture.options();
    options.ping_interval = 1ms;
    redis_link link(options);
    fixture.subscribe(link, plain, "a");
    redis_link admin(fixture.options());
    const auto pings = [&] {
        const std::string stats = ask(admin, {"INFO", "commandstats"}).text;
        const std::size_t at = stats.find("cmdstat_ping:calls=");
        return at == std::string::npos ? 0 : std::stoi(stats.substr(at + 19));
    };
    await([&] { return pings() >= 50; });
    CHECK(link.counters().connects == 1);
}

TEST_CASE("what waits is bounded; drops are counted, and reported once an episode") {
    link_fixture fixture;
    redis_options options = fixture.options();
    options.max_queue_bytes = 10'000;
    redis_link link(options);
    fixture.subscribe(link, plain, "a");
    const std::string report = "redis: more than 10000 bytes wait to be sent, dropping what comes";
    for (std::size_t episode = 1; episode <= 2; ++episode) {
        fixture.server.kill();
        await([&] { return !link.counters().connected; });
        for (int i = 0; i < 1000; ++i)
            link.publish(plain, "a", std::string(100, 'x'));
        link.command({"ECHO", std::string(1000, 'x')},
                     [&fixture](const reply& answer) { fixture.notes.add(answer.text); });
        fixture.notes.await("too much is waiting for Redis", episode);
        CHECK(link.counters().dropped > episode * 900);
        CHECK(link.counters().queued_bytes <= 10'000);
        CHECK(fixture.notes.count(report) == episode);
        fixture.server.restart();
        await([&] { return link.counters().queued_bytes == 0; });
        CHECK(ask(link, {"PING"}).text == "PONG");
    }
}

} // namespace
} // namespace sockeye::adapter_redis
