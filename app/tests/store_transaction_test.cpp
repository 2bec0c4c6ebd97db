// One suite for every store: what makes several steps one.

#include "support/service_world.hpp"

#include <vector>

namespace sockeye::app {

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
        CHECK(reply_to(state, transaction().exists("x")).number == 0);
        CHECK(commit(state, transaction()
                                .require_absent("x")
                                .require_equal("lock", "mine")
                                .require_field("h", "status", "open")
                                .set("x", "1"))
                  .applied);
        CHECK(reply_to(state, transaction().get("x")).text == "1");
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

TEST_CASE("store: conditions alone, and what is not there equals nothing") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        CHECK(commit(state, transaction()).applied);
        CHECK(commit(state, transaction().require_absent("none")).applied);
        for (const std::string text : {"", "0", "false", "nil"}) {
            CHECK_FALSE(commit(state, transaction().require_equal("none", text)).applied);
            CHECK_FALSE(commit(state, transaction().require_field("none", "f", text)).applied);
            commit(state, transaction().set("k", text).set_field("h", "f", text));
            CHECK(commit(state, transaction().require_equal("k", text)).applied);
            CHECK(commit(state, transaction().require_field("h", "f", text)).applied);
        }
    });
}

TEST_CASE("store: each step answers the same alone as among others") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        const std::vector<void (*)(transaction&)> steps{
            [](transaction& t) { t.set("k", "1"); },
            [](transaction& t) { t.set("k", "7", 60s); },
            [](transaction& t) { t.get("k"); },
            [](transaction& t) { t.increment("k", 2); },
            [](transaction& t) { t.exists("k"); },
            [](transaction& t) { t.expire("k", 30s); },
            [](transaction& t) { t.expire_if_lasting("k", 30s); },
            [](transaction& t) { t.expire_if_lasting("none", 30s); },
            [](transaction& t) { t.set_field("h", "f", "v"); },
            [](transaction& t) { t.get_field("h", "f"); },
            [](transaction& t) { t.get_field("h", "none"); },
            [](transaction& t) { t.get_fields("h"); },
            [](transaction& t) { t.increment_field("h", "n", 3); },
            [](transaction& t) { t.erase_field("h", "f"); },
            [](transaction& t) { t.erase_field("h", "f"); },
            [](transaction& t) { t.add_member("s", "m"); },
            [](transaction& t) { t.has_member("s", "m"); },
            [](transaction& t) { t.members("s"); },
            [](transaction& t) { t.count_members("s"); },
            [](transaction& t) { t.remove_member("s", "m"); },
            [](transaction& t) { t.has_member("s", "m"); },
            [](transaction& t) { t.members("s"); },
            [](transaction& t) { t.count_members("s"); },
            [](transaction& t) { t.add_scored("z", "m", 5); },
            [](transaction& t) { t.add_scored("z", "m", 6); },
            [](transaction& t) { t.scored_up_to("z", 6, 10); },
            [](transaction& t) { t.count_scored("z"); },
            [](transaction& t) { t.remove_scored("z", "m"); },
            [](transaction& t) { t.scored_up_to("z", 6, 10); },
            [](transaction& t) { t.publish("c", "p"); },
            [](transaction& t) { t.time_left("none"); },
            [](transaction& t) { t.erase("k"); },
            [](transaction& t) { t.erase("k"); },
            [](transaction& t) { t.erase("h"); },
        };
        transaction all;
        for (const auto& step : steps)
            step(all);
        const auto together = commit(state, std::move(all));
        REQUIRE(together.replies.size() == steps.size());
        for (std::size_t i = 0; i < steps.size(); ++i) {
            CAPTURE(i);
            transaction one;
            steps[i](one);
            CHECK(reply_to(state, std::move(one)) == together.replies[i]);
        }
    });
}

TEST_CASE("store: an error in the middle leaves what came before it") {
    over_each_store([](service_world& world) {
        store& state = world.state();
        commit(state, transaction().set("text", "t"));
        CHECK_THROWS_AS(
            commit(state, transaction().set("a", "1").add_member("text", "m").set("b", "1")),
            socketio::operation_error);
        CHECK_THROWS_AS(commit(state, transaction().require_field("text", "f", "v").set("c", "1")),
                        socketio::operation_error);
        CHECK(reply_to(state, transaction().exists("a")).number == 1);
        CHECK(reply_to(state, transaction().exists("b")).number == 0);
        CHECK(reply_to(state, transaction().exists("c")).number == 0);
    });
}

TEST_CASE("store: a key of another kind is an error") {
    over_each_store([](service_world& world) {
        commit(world.state(), transaction().set("k", "text"));
        CHECK_THROWS_AS(commit(world.state(), transaction().add_member("k", "m")),
                        socketio::operation_error);
        CHECK_THROWS_AS(commit(world.state(), transaction().increment("k")),
                        socketio::operation_error);
        CHECK(reply_to(world.state(), transaction().get("k")).text == "text");
    });
}

} // namespace sockeye::app
