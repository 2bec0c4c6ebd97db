// One suite for every store.

#include "support/service_world.hpp"

#include <algorithm>
#include <vector>

namespace sockeye::app {

namespace {

store_reply only(store& in, transaction what) {
    const auto done = commit(in, std::move(what));
    REQUIRE(done.applied);
    REQUIRE(done.replies.size() == 1);
    return done.replies[0];
}

} // namespace

TEST_CASE("store: a value is kept until its life is over") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        CHECK(only(state, transaction().get("k")).text == std::nullopt);
        commit(state, transaction().set("k", "v", 1s).set("for ever", "w"));
        world.pass(900ms);
        CHECK(only(state, transaction().get("k")).text == "v");
        CHECK(only(state, transaction().time_left("for ever")).number == -1);
        world.pass(200ms);
        CHECK(only(state, transaction().get("k")).text == std::nullopt);
        CHECK(only(state, transaction().exists("k")).number == 0);
        CHECK(only(state, transaction().time_left("k")).number == -2);
        CHECK(only(state, transaction().get("for ever")).text == "w");
    });
}

TEST_CASE("store: a condition that does not hold leaves everything as it was") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        commit(state, transaction().set("lock", "mine").set_field("h", "status", "open"));
        CHECK_FALSE(commit(state, transaction().require_absent("lock").set("x", "1")).applied);
        CHECK_FALSE(commit(state, transaction().require_exists("none").set("x", "1")).applied);
        CHECK_FALSE(
            commit(state, transaction().require_equal("lock", "his").set("x", "1")).applied);
        CHECK_FALSE(
            commit(state, transaction().require_field("h", "status", "no").set("x", "1")).applied);
        CHECK_FALSE(
            commit(state, transaction().require_field("none", "status", "").set("x", "1")).applied);
        CHECK(only(state, transaction().exists("x")).number == 0);
        CHECK(commit(state, transaction()
                                .require_absent("x")
                                .require_equal("lock", "mine")
                                .require_field("h", "status", "open")
                                .set("x", "1"))
                  .applied);
        CHECK(only(state, transaction().get("x")).text == "1");
    });
}

TEST_CASE("store: the steps of a transaction see what those before them did") {
    over_each_store([](service_world& world) {
        const auto leave = [](std::string socket) {
            transaction made;
            made.remove_member("alice's", std::move(socket))
                .unless_exists("alice's")
                .remove_member("users", "alice")
                .count_members("users");
            return made;
        };
        store& state = world.state();
        commit(state, transaction()
                          .add_member("alice's", "1")
                          .add_member("alice's", "2")
                          .add_member("users", "alice"));
        CHECK(commit(state, leave("1")).replies ==
              std::vector<store_reply>{{.number = 1}, {.number = 0}, {.number = 1}});
        CHECK(commit(state, leave("2")).replies ==
              std::vector<store_reply>{{.number = 1}, {.number = 1}, {.number = 0}});
        CHECK(commit(state, leave("2")).replies ==
              std::vector<store_reply>{{.number = 0}, {.number = 0}, {.number = 0}});
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
        CHECK(second.replies[2].number > 30'000);
        world.pass(41s);
        CHECK(commit(state, hit()).replies[0].number == 1);
        CHECK(only(state, transaction().increment("hits", -5)).number == -4);
        commit(state, transaction().expire("hits", 5s));
        world.pass(6s);
        CHECK(only(state, transaction().exists("hits")).number == 0);
    });
}

TEST_CASE("store: hashes") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        CHECK(only(state, transaction().set_field("h", "a", "1")).number == 1);
        CHECK(only(state, transaction().set_field("h", "a", "2")).number == 0);
        CHECK(only(state, transaction().increment_field("h", "seq")).number == 1);
        CHECK(only(state, transaction().increment_field("h", "seq", 4)).number == 5);
        CHECK(only(state, transaction().get_field("h", "a")).text == "2");
        CHECK(only(state, transaction().get_field("h", "none")).text == std::nullopt);
        CHECK(only(state, transaction().get_fields("h")).items.size() == 4);
        CHECK(only(state, transaction().erase_field("h", "a")).number == 1);
        CHECK(only(state, transaction().get_fields("h")).items ==
              std::vector<std::string>{"seq", "5"});
        commit(state, transaction().erase_field("h", "seq"));
        CHECK(only(state, transaction().exists("h")).number == 0);
    });
}

TEST_CASE("store: sets") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        CHECK(only(state, transaction().add_member("s", "a")).number == 1);
        CHECK(only(state, transaction().add_member("s", "a")).number == 0);
        commit(state, transaction().add_member("s", "b"));
        CHECK(only(state, transaction().has_member("s", "b")).number == 1);
        auto members = only(state, transaction().members("s")).items;
        std::ranges::sort(members);
        CHECK(members == std::vector<std::string>{"a", "b"});
        CHECK(only(state, transaction().count_members("s")).number == 2);
        CHECK(only(state, transaction().remove_member("s", "b")).number == 1);
        CHECK(only(state, transaction().remove_member("s", "b")).number == 0);
        commit(state, transaction().remove_member("s", "a"));
        CHECK(only(state, transaction().exists("s")).number == 0);
        CHECK(only(state, transaction().members("s")).items.empty());
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
            return only(state, transaction().scored_up_to("due", score, limit)).items;
        };
        CHECK(up_to(99, 10).empty());
        CHECK(up_to(200, 10) == std::vector<std::string>{"soon", "next"});
        CHECK(up_to(1000, 1) == std::vector<std::string>{"soon"});
        CHECK(only(state, transaction().add_scored("due", "soon", 400)).number == 0);
        CHECK(up_to(1000, 10) == std::vector<std::string>{"next", "later", "soon"});
        CHECK(only(state, transaction().remove_scored("due", "next")).number == 1);
        CHECK(only(state, transaction().remove_scored("due", "next")).number == 0);
        CHECK(only(state, transaction().count_scored("due")).number == 2);
    });
}

TEST_CASE("store: a key of another kind is an error") {
    over_each_store([](service_world& world) {
        commit(world.state(), transaction().set("k", "text"));
        CHECK_THROWS_AS(commit(world.state(), transaction().add_member("k", "m")),
                        socketio::operation_error);
        CHECK_THROWS_AS(commit(world.state(), transaction().increment("k")),
                        socketio::operation_error);
        CHECK(only(world.state(), transaction().get("k")).text == "text");
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

} // namespace sockeye::app
