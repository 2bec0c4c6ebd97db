#include "support/clock_cluster.hpp"

#include <atomic>
#include <memory>

namespace sockeye::app {

TEST_CASE("shared clock: who joins is told where it is, and what comes after that") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        // What was published may still be on its way between the servers of a Redis Cluster.
        const auto arrived = std::make_shared<std::atomic<int>>(0);
        std::promise<void> listening;
        const auto ticks = world.state().subscribe(
            "tick:s", [arrived](std::string_view) { ++*arrived; }, [&] { listening.set_value(); });
        listening.get_future().wait();
        cluster.play(*a, "s");
        world.pass(250ms);
        clock_instance::await([&] { return *arrived == 2; });
        world.state().unsubscribe(ticks);
        b->join("s", "m1");
        b->join("s", "m2");
        CHECK((*b)->counters().followed == 1);
        CHECK((*b)->counters().members == 2);
        world.pass(100ms);
        for (const char* member : {"m1", "m2"})
            CHECK(b->hear(member, 2) == texts{"joins, plays at 250", "tick 300"});
        CHECK((*b)->counters().told == 1);
        (*b)->leave("s", "m1");
        world.pass(100ms);
        CHECK(b->hear("m2", 1) == texts{"tick 400"});
        (*b)->disconnect("m2");
        CHECK((*b)->counters().followed == 0);
        world.pass(100ms);
        CHECK(b->told("m1").empty());
        CHECK(b->told("m2").empty());
    });
}

TEST_CASE("shared clock: who joins several times at once is a member once") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.flaky_instance("a");
        cluster.flaky.slow = true;
        // Until its question is at the store.
        const auto join = [&](const std::string& member) {
            const std::size_t before = cluster.flaky.held();
            auto joined = begin((*a)->join(a->joining("s", member)));
            clock_instance::await([&] { return cluster.flaky.held() == before + 1; });
            return joined;
        };
        const auto end_of = [](std::future<void>& joined) {
            return code_of([&] { joined.get(); });
        };
        auto first = join("m");
        std::size_t members = 1;
        SUBCASE("where each is granted") {
            auto second = join("m");
            auto other = join("another");
            cluster.flaky.hurry();
            CHECK(end_of(first).empty());
            CHECK(end_of(second).empty());
            CHECK(end_of(other).empty());
            (*a)->leave("s", "another");
        }
        SUBCASE("where one is refused while another is not decided") {
            cluster.flaky.slow = false;
            cluster.flaky.away = true;
            CHECK(code_of([&] { a->join("s", "m"); }) == "no answer");
            cluster.flaky.away = false;
            cluster.flaky.hurry();
            CHECK(end_of(first).empty());
        }
        SUBCASE("or leaves in between") {
            (*a)->leave("s", "m");
            auto second = join("m");
            cluster.flaky.hurry();
            CHECK(end_of(first) == "BAD_REQUEST");
            CHECK(end_of(second).empty());
        }
        SUBCASE("or is gone in the end") {
            (*a)->disconnect("m");
            cluster.flaky.hurry();
            CHECK(end_of(first) == "BAD_REQUEST");
            members = 0;
        }
        CHECK((*a)->counters().members == members);
        (*a)->leave("s", "m");
        CHECK((*a)->counters().followed == 0);
    });
}

TEST_CASE("shared clock: a change that was not heard of is noticed") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        a->join("s", "m");
        const auto node_starts = [&] {
            commit(world.state(), transaction()
                                      .set_field("timing:s", "startTime", cluster.now())
                                      .set_field("timing:s", "tempo", "100")
                                      .set_field("timing:s", "isPlaying", "true")
                                      .set_field("timing:s", "position", "500"));
        };
        SUBCASE("by its ticks") {
            node_starts();
            const auto tick = [&](const std::string& position) {
                commit(world.state(), transaction().publish(
                                          "tick:s", R"({"sessionId":"s","positionMs":)" + position +
                                                        R"(,"timestamp":)" + cluster.now() + "}"));
            };
            tick("500");
            CHECK(a->hear("m", 2) == texts{"joins, stopped at 0", "plays at 500"});
            world.pass(100ms);
            tick("600");
            CHECK(a->hear("m", 1) == texts{"tick 600"});
        }
        SUBCASE("by a check") {
            node_starts();
            world.pass(6s);
            CHECK(a->hear("m", 2)[1].starts_with("plays at ")); // and ticks, if it takes it over
        }
        SUBCASE("of one that is ticked here") {
            cluster.play(*a, "s");
            commit(world.state(), transaction().set_field("timing:s", "isPlaying", "false"));
            world.pass(6s);
            cluster.await_ticked(*a, 0);
            CHECK(a->told("m").back().starts_with("stopped at "));
        }
    });
}

TEST_CASE("shared clock: ticks of another moment or another state are not told") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        a->join("s", "m");
        cluster.play(*a, "s");
        world.pass(200ms);
        CHECK(a->hear("m", 4).back() == "tick 200");
        const auto say = [&](const std::string& text) {
            commit(world.state(), transaction().publish("tick:s", text));
        };
        const std::string now = cluster.now();
        say(R"({"sessionId":"s","positionMs":200,"timestamp":)" + now + "}");
        say(R"({"sessionId":"s","positionMs":9000,"timestamp":)" + now + "}");
        say("broken");
        world.pass(100ms);
        CHECK(a->hear("m", 1) == texts{"tick 300"});
        CHECK((*a)->counters().untold == 3);
    });
}

TEST_CASE("shared clock: ticks that cannot be subscribed to fail the joining after a while") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.flaky_instance("a");
        cluster.flaky.deaf = true;
        auto joined = begin((*a)->join({.session_id = "s", .member = "m", .welcome = {}}));
        world.pass(4s);
        CHECK((*a)->counters().members == 1);
        world.pass(2s);
        CHECK(code_of([&] { joined.get(); }) == "no answer");
        CHECK((*a)->counters().followed == 0);
        cluster.flaky.deaf = false;
        a->join("s", "m");
    });
}

} // namespace sockeye::app
