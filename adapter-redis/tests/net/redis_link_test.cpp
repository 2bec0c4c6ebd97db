#include "link_fixture.hpp"

#include <stdexcept>

namespace sockeye::adapter_redis {
namespace {

TEST_CASE("commands are answered in order") {
    link_fixture fixture;
    redis_link link(fixture.options());
    for (int i = 0; i < 1000; ++i)
        link.command({"INCR", "n"}, [&fixture](const reply& answer) {
            fixture.notes.add(std::to_string(answer.integer));
        });
    fixture.notes.await("1000");
    const auto lines = fixture.notes.lines();
    REQUIRE(lines.size() == 1000);
    for (std::size_t i = 0; i < lines.size(); ++i)
        REQUIRE(lines[i] == std::to_string(i + 1));
    CHECK(ask(link, {"NONSENSE"}).is_error());
    const std::string bytes("\0\r\n\xff", 4);
    CHECK(ask(link, {"SET", "bytes", bytes}).text == "OK");
    CHECK(ask(link, {"GET", "bytes"}).text == bytes);
    CHECK(ask(link, {"GET", "nothing"}) == reply{});
    CHECK(link.counters().connected);
    CHECK(link.counters().connects == 1);
}

TEST_CASE("what Redis refuses of what is said is counted, and reported once") {
    link_fixture fixture;
    redis_link link(fixture.options());
    CHECK(ask(link, {"ACL", "SETUSER", "default", "-publish", "-spublish"}).text == "OK");
    CHECK(ask(link, {"NONSENSE"}).is_error()); // whoever asks is told
    for (const channel_kind kind : {plain, sharded})
        link.publish(kind, "channel", "lost");
    link.command({"SET", "text", "x"});
    link.command({"INCR", "text"});
    await([&] { return link.counters().refused == 3; });
    CHECK(fixture.notes.lines() ==
          std::vector<std::string>{"redis: what is said is lost: NOPERM this user has no "
                                   "permissions to run the 'publish' command"});
    CHECK(link.counters().dropped == 0);
    CHECK(link.counters().failed == 0);
}

TEST_CASE("a large value passes both ways") {
    link_fixture fixture;
    redis_link link(fixture.options());
    const std::string large(20'000'000, 'x'); // above the limit of the queue, too
    CHECK(ask(link, {"SET", "large", large}).text == "OK");
    CHECK(ask(link, {"GET", "large"}).text == large);
}

TEST_CASE("messages reach those who listen to their channel, or to a pattern") {
    link_fixture fixture;
    redis_link there(fixture.options());
    fixture.subscribe(there, plain, "a");
    fixture.subscribe(there, pattern, "b*");
    fixture.subscribe(there, sharded, "s");
    redis_link here(fixture.options());
    here.publish(plain, "a", "1");
    here.publish(plain, "c", "2");
    here.publish(plain, "b1", "3");
    here.publish(plain, "s", "4");
    here.publish(sharded, "a", "5");
    here.publish(sharded, "s", "6");
    fixture.notes.await("s=6");
    CHECK(fixture.notes.lines() ==
          std::vector<std::string>{"ready a", "ready b*", "ready s", "a=1", "b1=3", "s=6"});
}

TEST_CASE("what one thread publishes arrives in order") {
    link_fixture fixture;
    redis_link link(fixture.options());
    fixture.subscribe(link, pattern, "a*");
    for (int i = 1; i <= 2000; ++i)
        link.publish(plain, i % 2 == 0 ? "a0" : "a1", std::to_string(i));
    fixture.notes.await("a0=2000");
    const auto lines = fixture.notes.lines();
    REQUIRE(lines.size() == 2001);
    for (int i = 1; i <= 2000; ++i)
        REQUIRE(lines[static_cast<std::size_t>(i)].ends_with("=" + std::to_string(i)));
}

TEST_CASE("subscribers are counted, those to patterns are not") {
    link_fixture fixture;
    redis_link one(fixture.options());
    redis_link two(fixture.options());
    fixture.subscribe(one, plain, "a");
    fixture.subscribe(two, plain, "a");
    fixture.subscribe(two, pattern, "a*");
    const auto last = fixture.subscribe(two, sharded, "a");
    CHECK(count(one, plain, "a") == 2);
    CHECK(count(one, sharded, "a") == 1);
    CHECK(count(one, plain, "b") == 0);
    two.unsubscribe(last);
    await([&] { return count(one, sharded, "a") == 0; });
}

TEST_CASE("a subscription that has ended hears nothing more") {
    link_fixture fixture;
    redis_link link(fixture.options());
    const auto first = fixture.subscribe(link, plain, "a");
    fixture.subscribe(link, plain, "b");
    link.unsubscribe(first);
    await([&] { return count(link, plain, "a") == 0; });
    link.publish(plain, "a", "1");
    link.publish(plain, "b", "2");
    fixture.notes.await("b=2");
    CHECK(fixture.notes.count("a=1") == 0);
}

TEST_CASE("an exception out of a handler is logged, and the link goes on") {
    link_fixture fixture;
    redis_link link(fixture.options());
    link.command({"PING"}, [](const reply&) { throw std::runtime_error("bad answer"); });
    fixture.notes.await("redis: exception out of a handler of a reply: bad answer");
    const auto fails = [](std::string_view, std::string_view) {
        throw std::runtime_error("bad message");
    };
    link.subscribe(plain, "a", fails, [&] { fixture.notes.add("ready"); });
    fixture.notes.await("ready");
    link.publish(plain, "a", "1");
    fixture.notes.await("redis: exception out of a subscriber: bad message");
    fixture.subscribe(link, plain, "b");
}

TEST_CASE("user, password and database are told") {
    link_fixture fixture(
        {"--user", "ann", "on", ">secret", "~*", "&*", "+@all", "--user", "default", "off"});
    redis_options options = fixture.options();
    options.username = "ann";
    options.password = "secret";
    options.database = 3;
    redis_link link(options);
    CHECK(ask(link, {"ACL", "WHOAMI"}).text == "ann");
    CHECK(ask(link, {"CLIENT", "INFO"}).text.find(" db=3 ") != std::string::npos);
    fixture.subscribe(link, plain, "a");
}

TEST_CASE("a password that is wrong is reported, and asked again") {
    link_fixture fixture({"--requirepass", "secret"});
    redis_options options = fixture.options();
    options.password = "wrong";
    redis_link link(options);
    fixture.notes.await(fixture.called("commands") +
                        " cannot be made: WRONGPASS invalid username-password pair or user is "
                        "disabled.");
    options.password = "secret";
    redis_link admin(options);
    CHECK(ask(admin, {"CONFIG", "SET", "requirepass", "wrong"}).text == "OK");
    fixture.notes.await(fixture.called("commands") + " is back");
    CHECK(ask(link, {"PING"}).text == "PONG");
}

TEST_CASE("a channel that may not be listened to is reported") {
    link_fixture fixture(
        {"--user", "default", "on", "nopass", "~*", "resetchannels", "&a*", "+@all"});
    redis_link link(fixture.options());
    link.subscribe(plain, "b", {}, {});
    fixture.notes.await("redis: cannot subscribe: NOPERM this user has no permissions to access "
                        "one of the channels used as arguments");
    fixture.subscribe(link, plain, "a");
}

TEST_CASE("a Unix socket serves as well") {
    link_fixture fixture;
    redis_options options = fixture.options();
    options.unix_socket = fixture.server.unix_socket();
    redis_link link(options);
    fixture.subscribe(link, plain, "a");
    link.publish(plain, "a", "1");
    fixture.notes.await("a=1");
    CHECK(ask(link, {"CLIENT", "INFO"}).text.find(options.unix_socket) != std::string::npos);
}

TEST_CASE("what waits is sent before a link ends") {
    link_fixture fixture;
    redis_link there(fixture.options());
    fixture.subscribe(there, plain, "a");
    {
        redis_link here(fixture.options());
        for (int i = 1; i <= 100; ++i)
            here.publish(plain, "a", std::to_string(i));
    }
    fixture.notes.await("a=100");
}

TEST_CASE("a link may end while there is no Redis; commands are told") {
    link_fixture fixture;
    fixture.server.kill();
    redis_options options = fixture.options();
    options.close_timeout = 1ms;
    {
        redis_link link(options);
        link.subscribe(plain, "a", {}, {});
        link.command({"PING"}, [&fixture](const reply& answer) { fixture.notes.add(answer.text); });
    }
    CHECK(fixture.notes.count("the link to Redis is closed") == 1);
}

TEST_CASE("who asks for more while a link ends is told so") {
    link_fixture fixture;
    redis_options options = fixture.options();
    options.close_timeout = 1ms;
    auto own = std::make_unique<redis_link>(options);
    redis_link& ending = *own;
    fixture.server.pause();
    own->command({"PING"}, [&](const reply&) {
        ending.command({"PING"}, [&](const reply& got) { fixture.notes.add(got.text); });
    });
    own.reset();
    CHECK(fixture.notes.count("the link to Redis is closed") == 1);
    fixture.server.resume();
}

TEST_CASE("a link may end in one of its own handlers") {
    link_fixture fixture;
    auto link = std::make_shared<redis_link>(fixture.options());
    link->command({"PING"}, [link, &fixture](const reply&) mutable {
        link.reset();
        fixture.notes.add("gone");
    });
    link.reset();
    fixture.notes.await("gone");
}

TEST_CASE("a link that has ended in one of its own handlers logs nothing any more") {
    link_fixture fixture;
    redis_options options = fixture.options();
    options.close_timeout = testing::patience;
    auto link = std::make_shared<redis_link>(options);
    // Is answered when the connection is lost, which a link that is there logs before.
    std::promise<void> alone;
    link->command({"PING"}, [link, &alone, &fixture](const reply&) mutable {
        alone.get_future().wait();
        link->command({"BLPOP", "nothing", "0"},
                      [&fixture](const reply& answer) { fixture.notes.add(answer.text); });
        link.reset();
        fixture.notes.add("gone");
    });
    link.reset();
    alone.set_value();
    fixture.notes.await("gone");
    fixture.server.kill();
    fixture.notes.await("the connection to Redis was lost");
    CHECK(fixture.notes.count(fixture.called("commands") + " lost: End of file") == 0);
}

} // namespace
} // namespace sockeye::adapter_redis
