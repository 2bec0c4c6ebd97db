#include "net/cluster_servers.hpp"
#include "net/linked_group.hpp"

namespace sockeye::adapter_redis {
namespace {

using cluster_group = linked_group<cluster_servers, redis_cluster>;

// The answer to a command, waited for.
reply ask_for(redis_client& link, const std::string& key, const std::vector<std::string>& words) {
    auto answer = std::make_shared<std::promise<reply>>();
    auto future = answer->get_future();
    link.command_for(key, words, [answer](reply got) { answer->set_value(std::move(got)); });
    REQUIRE(future.wait_for(testing::patience) == std::future_status::ready);
    return future.get();
}

// Two keys of a slot, the first of which is at another server already.
struct keys_on_their_way : cluster_servers {
    keys_on_their_way() {
        must(1, {"MSET", first, "1", second, "2"});
        begin_to_move(slot_of(first), 1, 2);
        move_key(first, 1, 2);
    }
    [[nodiscard]] std::vector<std::string> both() const { return {"MGET", first, second}; }
    // How often either server has told somebody to try again.
    int refusals() {
        int sum = 0;
        const std::string name = "errorstat_TRYAGAIN:count=";
        for (const std::size_t server : {1, 2}) {
            const std::string stats = ask(*links[server], {"INFO", "errorstats"}).text;
            const std::size_t found = stats.find(name);
            if (found != std::string::npos) sum += std::stoi(stats.substr(found + name.size()));
        }
        return sum;
    }

    const std::string tag = "{" + channel_at(*this, 1) + "}";
    const std::string first = tag + "a";
    const std::string second = tag + "b";
};

} // namespace

TEST_CASE("cluster: plain channels reach whoever subscribes anywhere") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    redis_cluster other(at.options(2));
    at.subscribe(one, plain, "news");
    at.subscribe(one, pattern, "n*");
    await([&] { return other.counters().connected; }); // or it waits for a seed that is not there
    other.publish(plain, "news", "x");
    at.notes.await("news=x", 2);
}

TEST_CASE("cluster: what was said to a seed that is not there is counted and reported") {
    cluster_servers at;
    for (auto& server : at.servers)
        server.pause();
    redis_cluster_options options = at.options(0); // whose first seed is nobody
    options.each.close_timeout = 10ms;
    options.each.log = [&](engineio::log_level, std::string_view line) {
        at.notes.add(std::string(line));
    };
    redis_cluster one(options);
    for (int i = 0; i < 3; ++i)
        one.publish(plain, "news", "lost");
    for (auto& server : at.servers)
        server.resume();
    await([&] { return one.counters().dropped == 3; });
    CHECK(at.notes.count("redis: what is said is lost: the link to Redis is closed") == 1);
}

TEST_CASE("cluster: what is refused where a channel is, is counted") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    for (std::size_t server = 0; server < 3; ++server)
        at.must(server, {"ACL", "SETUSER", "default", "-spublish", "-publish"});
    await([&] { return one.counters().connected; });
    for (std::size_t server = 0; server < 3; ++server)
        one.publish(sharded, channel_at(at, server), "lost");
    one.publish(plain, "news", "lost");
    await([&] { return one.counters().refused == 4; });
    CHECK(one.counters().dropped == 0);
}

TEST_CASE("cluster: sharded channels are heard and spoken on where they are") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    redis_cluster other(at.options(1));
    for (std::size_t server = 0; server < 3; ++server) {
        const std::string name = channel_at(at, server);
        at.subscribe(one, sharded, name);
        CHECK(count(*at.links[server], sharded, name) == 1);
        other.publish(sharded, name, "x");
        at.notes.await(name + "=x");
    }
}

TEST_CASE("cluster: subscribers are counted on all servers together") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    const std::string name = channel_at(at, 1);
    at.subscribe(one, sharded, name);
    at.links[1]->subscribe(
        sharded, name, [](auto, auto) {}, [&] { at.notes.add("second"); });
    at.links[0]->subscribe(
        plain, "p", [](auto, auto) {}, [&] { at.notes.add("plain"); });
    at.links[2]->subscribe(
        plain, "p", [](auto, auto) {}, [&] { at.notes.add("plain"); });
    at.notes.await("second");
    at.notes.await("plain", 2);
    const auto counted = [&](channel_kind kind, std::string_view channel) {
        std::promise<std::optional<std::size_t>> answer;
        one.count_subscribers(kind, channel, [&](auto got) { answer.set_value(got); });
        return answer.get_future().get();
    };
    await([&] { return one.counters().connected; });
    CHECK(counted(sharded, name) == 2);
    CHECK(counted(plain, "p") == 2);
}

TEST_CASE("cluster: subscriptions go with their slot, and messages follow") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    redis_cluster other(at.options(1));
    const std::string name = channel_at(at, 1);
    at.subscribe(one, sharded, name);
    at.give_slot(slot_of(name), 2);
    await([&] { return count(*at.links[2], sharded, name) == 1; });
    CHECK(count(*at.links[1], sharded, name) == 0);
    other.publish(sharded, name, "after"); // at whichever server it takes for the right one
    at.notes.await(name + "=after");
}

TEST_CASE("cluster: plain channels move when their server dies") {
    cluster_servers at;
    redis_cluster one(at.options(0));
    at.subscribe(one, plain, "news");
    await([&] { return one.counters().connected; });
    std::size_t home = 0;
    for (std::size_t i = 0; i < 3; ++i)
        if (count(*at.links[i], plain, "news") == 1) home = i;
    at.servers[home].kill();
    const std::size_t alive = (home + 1) % 3;
    await([&] {
        return count(*at.links[alive], plain, "news") == 1 ||
               count(*at.links[(home + 2) % 3], plain, "news") == 1;
    });
    await([&] {
        at.links[alive]->publish(plain, "news", "again");
        return at.notes.count("news=again") > 0;
    });
}

TEST_CASE("cluster: servers are joined by either adapter") {
    for (const adapter_kind& kind : {of_classic(), of_sharded(room_channels::public_rooms)}) {
        INFO("adapter: ", kind.name);
        cluster_group at(kind, 1);
        at.enter(1, "r");
        if (kind.name == "sharded") {
            const std::string room = "socket.io#/#r#";
            redis_link& home = *at.redis.links[at.redis.server_of(room)];
            await([&] { return count(home, sharded, room) == 1; });
        }
        at.a().to("r").emit("e");
        at.clients[1].expect(R"(2["e"])");
        CHECK(texts(wait(at.a().server_side_emit_with_ack("ask")).result) == packets{"b", "c"});
        CHECK(wait(at.b().fetch_sockets()).result.size() == 3);
    }
}

TEST_CASE("cluster: commands go to whoever has the key") {
    cluster_servers at;
    redis_cluster one(at.options());
    for (std::size_t server = 0; server < 3; ++server) {
        const std::string key = channel_at(at, server);
        CHECK(ask_for(one, key, {"SET", key, "x"}).text == "OK");
        CHECK(ask(*at.links[server], {"GET", key}).text == "x");
        await([&] { return one.reaches(key); });
        CHECK(one.options_for(key).port == at.servers[server].port());
    }
}

TEST_CASE("cluster: when it is drained, each server has what waited") {
    cluster_servers at;
    redis_cluster one(at.options());
    await([&] { return one.counters().connected; });
    const std::string key = channel_at(at, 1);
    const std::string large(8 * 1024 * 1024, 'x');
    at.servers[1].pause(); // it is more than the system takes meanwhile
    one.say_for(key, {"SET", key, large}, {});
    one.drain(0ms);
    CHECK(one.counters().queued_bytes > 0);
    at.servers[1].resume();
    one.drain(testing::patience);
    CHECK(ask(*at.links[1], {"STRLEN", key}).integer == std::int64_t(large.size()));
}

TEST_CASE("cluster: commands follow a key that is on its way, and one that has moved") {
    cluster_servers at;
    redis_cluster one(at.options());
    const std::string key = channel_at(at, 1);
    CHECK(ask_for(one, key, {"SET", key, "1"}).text == "OK");
    at.begin_to_move(slot_of(key), 1, 2);
    CHECK(ask_for(one, key, {"INCR", key}).integer == 2); // still there
    at.move_key(key, 1, 2);
    for (int i = 3; i < 10; ++i)
        CHECK(ask_for(one, key, {"INCR", key}).integer == i);
    at.give_slot(slot_of(key), 2);
    CHECK(ask_for(one, key, {"INCR", key}).integer == 10);
    await([&] { return one.options_for(key).port == at.servers[2].port(); });
    CHECK(ask(*at.links[2], {"GET", key}).text == "10");
}

TEST_CASE("cluster: servers that do not say their own address are where they were asked") {
    cluster_servers at;
    for (std::size_t server = 0; server < 3; ++server)
        at.must(server, {"CONFIG", "SET", "cluster-preferred-endpoint-type", "unknown-endpoint"});
    redis_cluster_options options = at.options();
    options.refresh_interval = 1h;
    redis_cluster one(options);
    const std::string key = channel_at(at, 1);
    await([&] { return one.counters().connected; });
    at.give_slot(slot_of(key), 2);
    CHECK(ask_for(one, key, {"SET", key, "x"}).text == "OK");
    CHECK(ask(*at.links[2], {"GET", key}).text == "x");
}

TEST_CASE("cluster: many commands that find their key moved ask once where everything is") {
    cluster_servers at;
    redis_cluster_options options = at.options();
    options.refresh_interval = 1h;
    redis_cluster one(options);
    const std::string key = channel_at(at, 1);
    await([&] { return one.counters().connected; });
    at.must(1, {"SET", key, "0"});
    at.begin_to_move(slot_of(key), 1, 2);
    at.move_key(key, 1, 2);
    at.give_slot(slot_of(key), 2);
    for (int i = 0; i < 1000; ++i)
        one.command_for(key, {"INCR", key}, {});
    await([&] { return ask(*at.links[2], {"GET", key}).text == "1000"; });
    int asked = 0;
    for (auto& link : at.links) {
        const std::string stats = ask(*link, {"INFO", "commandstats"}).text;
        const std::string name = "cmdstat_cluster|slots:calls=";
        const std::size_t found = stats.find(name);
        if (found != std::string::npos) asked += std::stoi(stats.substr(found + name.size()));
    }
    CHECK(asked < 100);
}

TEST_CASE("cluster: what waits for a server that died goes to its successor") {
    cluster_servers at;
    redis_cluster one(at.options());
    const std::string key = channel_at(at, 1);
    CHECK(ask_for(one, key, {"SET", key, "1"}).text == "OK");
    replica_of successor(at, 1);
    at.servers[1].kill();
    await([&] { return !one.reaches(key); });
    std::promise<reply> answer;
    one.command_for(key, {"INCR", key}, [&](reply got) { answer.set_value(std::move(got)); });
    successor.take_over();
    auto got = answer.get_future();
    REQUIRE(got.wait_for(testing::patience) == std::future_status::ready);
    CHECK(got.get().integer == 2);
}

TEST_CASE(
    "cluster: a handler may be the last to hold on to it, even one of a server that is left") {
    cluster_servers at;
    replica_of successor(at, 1);
    const std::string key = channel_at(at, 1);
    redis_cluster_options options = at.options();
    options.each.close_timeout = 10ms;
    std::promise<void> ended;
    std::shared_ptr<redis_cluster> one(new redis_cluster(options), [&](const redis_cluster* link) {
        delete link;
        ended.set_value();
    });
    CHECK(ask_for(*one, key, {"SET", key, "1"}).text == "OK");
    at.servers[1].pause();
    one->command_for(key, {"GET", key}, [one](const reply&) {});
    one.reset();
    successor.take_over();
    REQUIRE(ended.get_future().wait_for(testing::patience) == std::future_status::ready);
}

TEST_CASE("cluster: a command about several keys waits while their slot is on its way") {
    keys_on_their_way at;
    std::promise<reply> answer;
    redis_cluster one(at.options());
    one.command_for(at.first, at.both(), [&](reply got) { answer.set_value(std::move(got)); });
    await([&] { return at.refusals() > 1; });
    await([&] { return one.counters().queued_bytes > 0; }); // but while it is asked again
    at.move_key(at.second, 1, 2);
    at.give_slot(slot_of(at.first), 2);
    auto got = answer.get_future();
    REQUIRE(got.wait_for(testing::patience) == std::future_status::ready);
    CHECK(got.get().items.at(1).text == "2");
    CHECK(one.counters().refused == 0);
    await([&] { return one.counters().queued_bytes == 0; });
}

TEST_CASE("cluster: what its slot is not there for is answered at last") {
    keys_on_their_way at;
    redis_cluster_options in_time = at.options();
    in_time.moving_timeout = 50ms;
    redis_cluster late(in_time);
    CHECK(ask_for(late, at.first, at.both()).text.starts_with("TRYAGAIN"));
    late.say_for(at.first, at.both(), {});
    await([&] { return late.counters().refused == 1; });

    redis_cluster_options small = at.options();
    small.moving_timeout = 1h;
    small.each.max_queue_bytes = 60;
    redis_cluster without_room(small); // which a link's own commands may take, too
    await([&] { return ask_for(without_room, at.first, at.both()).text.starts_with("TRYAGAIN"); });

    const int before = at.refusals();
    auto one = std::make_unique<redis_cluster>(at.options());
    std::promise<std::string> told;
    one->command_for(at.first, at.both(), [&](const reply& got) { told.set_value(got.text); });
    await([&] { return at.refusals() > before; });
    one.reset();
    auto answer = told.get_future();
    REQUIRE(answer.wait_for(testing::patience) == std::future_status::ready);
    CHECK_FALSE(answer.get().empty());
}

TEST_CASE("cluster: while it ends, who asks for more is told so") {
    cluster_servers at;
    redis_cluster_options options = at.options();
    options.each.close_timeout = 1ms;
    auto own = std::make_unique<redis_cluster>(options);
    await([&] { return own->counters().connected; });
    redis_cluster& ending = *own;
    std::vector<std::string> told;
    std::size_t dropped = 0;
    const std::string key = channel_at(at, 1);
    own->command_for(key, {"BLPOP", key, "0"}, [&](const reply& answer) {
        CHECK(answer.kind == reply_kind::missing);
        ending.command_for(key, {"GET", key}, [&](const reply& got) { told.push_back(got.text); });
        ending.count_subscribers(channel_kind::plain, "c", [&](std::optional<std::size_t> count) {
            told.emplace_back(count ? "a number" : "no number");
        });
        ending.publish(channel_kind::plain, "c", "x");
        ending.publish(channel_kind::sharded, "c", "x");
        ending.unsubscribe(ending.subscribe(channel_kind::plain, "c", {}, {}));
        CHECK(ending.options_for(key).port != 0);
        dropped = ending.counters().dropped;
    });
    own.reset();
    CHECK(told == std::vector<std::string>{"the link to Redis is closed", "no number"});
    CHECK(dropped == 2); // both messages; who waits for an answer has been told
}

TEST_CASE("cluster: needs a seed") {
    CHECK_THROWS_AS(redis_cluster({}), std::invalid_argument);
}

} // namespace sockeye::adapter_redis
