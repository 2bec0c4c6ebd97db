// One suite for every store.

#include "support/service_world.hpp"

#include <algorithm>
#include <vector>

namespace sockeye::app {

TEST_CASE("store: a value is kept until its life is over") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        CHECK(reply_to(state, transaction().get("k")).text == std::nullopt);
        commit(state, transaction().set("k", "v", 90s).set("for ever", "w"));
        world.pass(30s);
        CHECK(reply_to(state, transaction().get("k")).text == "v");
        CHECK(reply_to(state, transaction().time_left("for ever")).number == -1);
        CHECK(reply_to(state, transaction().time_left("k")).number > 0);
        world.pass(60s);
        CHECK(reply_to(state, transaction().get("k")).text == std::nullopt);
        CHECK(reply_to(state, transaction().exists("k")).number == 0);
        CHECK(reply_to(state, transaction().time_left("k")).number == -2);
        CHECK(reply_to(state, transaction().get("for ever")).text == "w");
    });
}

TEST_CASE("store: keys, fields and values may be any bytes") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        const std::string bytes("\0\r\n$5 \xff'\"", 9);
        const auto done = commit(state, transaction()
                                            .require_absent(bytes)
                                            .set(bytes, bytes)
                                            .get(bytes)
                                            .set_field("h", bytes, bytes)
                                            .get_fields("h")
                                            .get("none")
                                            .add_member("s", bytes)
                                            .members("s"));
        CHECK(done.replies[1].text == bytes);
        CHECK(done.replies[3].items == std::vector<std::string>{bytes, bytes});
        CHECK(done.replies[4] == store_reply());
        CHECK(done.replies[6].items == std::vector<std::string>{bytes});
        CHECK(commit(state, transaction().require_equal(bytes, bytes)).applied);
    });
}

TEST_CASE("store: counts, and lives that begin with the first") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        const auto hit = [] {
            transaction made;
            made.increment("hits").expire_if_lasting("hits", 60s).time_left("hits");
            return made;
        };
        CHECK(commit(state, hit()).replies[0].number == 1);
        world.pass(20s);
        const auto second = commit(state, hit());
        CHECK(second.replies[0].number == 2);
        CHECK(second.replies[2].number <= 40'000);
        CHECK(second.replies[2].number > 0);
        world.pass(41s);
        CHECK(commit(state, hit()).replies[0].number == 1);
        CHECK(reply_to(state, transaction().increment("hits", -5)).number == -4);
        CHECK(reply_to(state, transaction().expire("hits", 50s)).number == 1);
        CHECK(reply_to(state, transaction().expire_if_lasting("hits", 100s)).number == 0);
        CHECK(reply_to(state, transaction().expire("none", 50s)).number == 0);
        world.pass(51s);
        CHECK(reply_to(state, transaction().exists("hits")).number == 0);
    });
}

TEST_CASE("store: hashes") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        CHECK(reply_to(state, transaction().set_field("h", "a", "1")).number == 1);
        CHECK(reply_to(state, transaction().set_field("h", "a", "2")).number == 0);
        CHECK(reply_to(state, transaction().increment_field("h", "seq")).number == 1);
        CHECK(reply_to(state, transaction().increment_field("h", "seq", 4)).number == 5);
        CHECK(reply_to(state, transaction().get_field("h", "a")).text == "2");
        CHECK(reply_to(state, transaction().get_field("h", "none")).text == std::nullopt);
        CHECK(reply_to(state, transaction().get_fields("h")).items.size() == 4);
        CHECK(reply_to(state, transaction().erase_field("h", "a")).number == 1);
        CHECK(reply_to(state, transaction().get_fields("h")).items ==
              std::vector<std::string>{"seq", "5"});
        commit(state, transaction().erase_field("h", "seq"));
        CHECK(reply_to(state, transaction().exists("h")).number == 0);
    });
}

TEST_CASE("store: sets") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        CHECK(reply_to(state, transaction().add_member("s", "a")).number == 1);
        CHECK(reply_to(state, transaction().add_member("s", "a")).number == 0);
        commit(state, transaction().add_member("s", "b"));
        CHECK(reply_to(state, transaction().has_member("s", "b")).number == 1);
        auto members = reply_to(state, transaction().members("s")).items;
        std::ranges::sort(members);
        CHECK(members == std::vector<std::string>{"a", "b"});
        CHECK(reply_to(state, transaction().count_members("s")).number == 2);
        CHECK(reply_to(state, transaction().remove_member("s", "b")).number == 1);
        CHECK(reply_to(state, transaction().remove_member("s", "b")).number == 0);
        commit(state, transaction().remove_member("s", "a"));
        CHECK(reply_to(state, transaction().exists("s")).number == 0);
        CHECK(reply_to(state, transaction().members("s")).items.empty());
    });
}

TEST_CASE("store: members in the order of their scores") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        commit(state, transaction()
                          .add_scored("due", "later", 300)
                          .add_scored("due", "soon", 100)
                          .add_scored("due", "next", 200));
        const auto up_to = [&](std::int64_t score, std::size_t limit) {
            return reply_to(state, transaction().scored_up_to("due", score, limit)).items;
        };
        CHECK(up_to(99, 10).empty());
        CHECK(up_to(200, 10) == std::vector<std::string>{"soon", "next"});
        CHECK(up_to(1000, 1) == std::vector<std::string>{"soon"});
        CHECK(reply_to(state, transaction().add_scored("due", "soon", 400)).number == 0);
        CHECK(up_to(1000, 10) == std::vector<std::string>{"next", "later", "soon"});
        const auto highest = [&](std::size_t limit) {
            return reply_to(state, transaction().highest_scored("due", limit)).items;
        };
        CHECK(highest(2) == std::vector<std::string>{"soon", "later"});
        CHECK(highest(0).empty());
        commit(state, transaction().add_scored("due", "sooner", 400)); // equal: by their names
        CHECK(highest(2) == std::vector<std::string>{"sooner", "soon"});
        CHECK(up_to(400, 9) == std::vector<std::string>{"next", "later", "soon", "sooner"});
        commit(state, transaction().remove_scored("due", "sooner"));
        CHECK(reply_to(state, transaction().remove_scored("due", "next")).number == 1);
        CHECK(reply_to(state, transaction().remove_scored("due", "next")).number == 0);
        CHECK(reply_to(state, transaction().count_scored("due")).number == 2);
    });
}

TEST_CASE("store: what is published reaches the channel's subscribers in its order") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        std::promise<void> ready;
        std::promise<void> complete;
        std::vector<std::string> heard;
        const auto subscription = state.subscribe(
            "c",
            [&](std::string_view payload) {
                heard.emplace_back(payload);
                if (payload == "last") complete.set_value();
            },
            [&] { ready.set_value(); });
        REQUIRE(ready.get_future().wait_for(30s) == std::future_status::ready);
        commit(state, transaction().publish("c", "1").publish("other", "x"));
        commit(state, transaction().require_exists("none").publish("c", "not done"));
        commit(state, transaction().publish("c", "last"));
        REQUIRE(complete.get_future().wait_for(30s) == std::future_status::ready);
        CHECK(heard == std::vector<std::string>{"1", "last"});
        state.unsubscribe(subscription);
    });
}

TEST_CASE("store: one that is closed answers that it is") {
    over_each_store([](service_world& world) {
        world.state().close();
        CHECK_THROWS_AS(commit(world.state(), transaction().get("k")), socketio::operation_error);
        world.state().unsubscribe(world.state().subscribe("c", [](std::string_view) {}));
    });
}

} // namespace sockeye::app
