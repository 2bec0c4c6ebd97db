#include "support/clock_cluster.hpp"

namespace sockeye::app {

TEST_CASE("shared clock: when the instance that ticks dies, another goes on within 2 s") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const auto c = cluster.instance("c");
        c->join("s", "m");
        cluster.play(*a, "s");
        world.pass(1s);
        CHECK(c->hear("m", 12).back() == "tick 1000");
        a.reset();
        world.pass(2s);
        const texts heard = c->hear("m", 1);
        REQUIRE(heard.front().starts_with("tick "));
        const int resumed = std::stoi(heard.front().substr(5));
        CHECK(resumed <= 3000);
        clock_instance::await(
            [&] { return (*b)->counters().ticked + (*c)->counters().ticked == 1; });
        CHECK((*b)->counters().takeovers + (*c)->counters().takeovers == 1);
        world.pass(5s);
        clock_instance::await([&] { return c->told("m").back() == "tick 8000"; });
        texts all = heard;
        const texts later = c->told("m");
        all.insert(all.end(), later.begin(), later.end());
        CHECK(all == ticks(resumed, 8000));
    });
}

TEST_CASE("shared clock: several instances share what a dead one has left") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        cluster.options.tick = 1s;
        auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const auto c = cluster.instance("c");
        constexpr std::size_t sessions = 250;
        for (std::size_t i = 0; i < sessions; ++i)
            wait((*a)->start_playing("s" + std::to_string(i)));
        cluster.await_ticked(*a, sessions);
        world.pass(1s);
        a.reset();
        world.pass(2s);
        clock_instance::await(
            [&] { return (*b)->counters().ticked + (*c)->counters().ticked == sessions; });
        CHECK((*b)->counters().takeovers + (*c)->counters().takeovers == sessions);
        const auto owned = commit(world.state(), transaction()
                                                     .count_members("clock:lease:b/1:sessions")
                                                     .count_members("clock:lease:c/1:sessions"));
        CHECK(owned.replies[0].number + owned.replies[1].number == sessions);
    });
}

TEST_CASE("shared clock: an instance that retires hands its sessions on at once") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        for (const char* session : {"s1", "s2", "s3"})
            wait((*a)->start_playing(session));
        cluster.await_ticked(*a, 3);
        world.pass(1s);
        wait((*a)->retire());
        world.pass(400ms);
        cluster.await_ticked(*b, 3);
        const auto leases = [&] {
            return commit(world.state(), transaction().members("clock:leases")).replies[0].items;
        };
        world.pass(1s);
        clock_instance::await([&] { return leases() == texts{"b/1"}; });
    });
}

TEST_CASE("shared clock: an instance that hung ticks nothing that others have taken over") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.hanging_instance("a");
        const auto b = cluster.instance("b");
        b->join("s", "m");
        cluster.play(*a, "s");
        cluster.hung.pass(10ms); // the timer that ticks is set
        world.pass(3s);
        cluster.await_ticked(*b, 1);
        CHECK((*b)->counters().takeovers == 1);
        wait((*a)->start_playing("late")); // by a lease that nobody knows any more
        world.pass(1s);
        cluster.await_ticked(*b, 2);
        const auto before = (*a)->counters();
        cluster.hung.pass(2s); // it runs again, with all that its timers had to do
        clock_instance::await([&] { return (*a)->counters().ticked == 0; });
        CHECK((*a)->counters().ticks == before.ticks);
        world.pass(1s);
        clock_instance::await([&] { return b->told("m").back() == "tick 5000"; });
        const texts heard = b->told("m");
        CHECK(texts(heard.end() - 20, heard.end()) == ticks(3100, 5000));
        // And it may tick again.
        wait((*a)->start_playing("other"));
        cluster.await_ticked(*a, 1);
    });
}

TEST_CASE(
    "shared clock: ticks are conditional on the lease, also where the time seems to be there") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        a->join("s", "m");
        cluster.play(*a, "s");
        a->hear("m", 2);
        commit(world.state(), transaction().erase("clock:lease:a/1"));
        world.pass(100ms);
        cluster.await_ticked(*a, 0);
        CHECK((*a)->counters().ticks == 0);
        world.pass(1s);
        cluster.await_ticked(*a, 1); // by another lease
        world.pass(100ms);
        CHECK(a->hear("m", 1).front().starts_with("tick "));
    });
}

} // namespace sockeye::app
