// A session's host: its connection, its instance, and what it says at once.

#include "support/session_world.hpp"

namespace sockeye::app {

TEST_CASE("sessions: a living host's session outlives its heartbeat's life many times") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        world.pass(10min);
        CHECK(wait((*a)->publish(id, "host", "e", nullptr)) == 1);
        CHECK(b->hear("l1", "1 e") == texts{"at 0", "1 e"});
        CHECK(b->join(id, "l2").seq == 1);
    });
}

TEST_CASE("sessions: a session whose host's instance dies cannot be joined, and its listeners are "
          "told once") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const auto c = cluster.instance("c");
        const std::string id = wait((*a)->create_session(alice)).id;
        wait((*a)->publish(id, "host", "e", nullptr));
        b->join(id, "l1");
        b->join(id, "l2");
        c->join(id, "l3");
        a.reset();
        world.pass(59s);
        CHECK(b->told("l1") == texts{"at 1"});
        world.pass(2s);
        CHECK(code_of([&] { b->join(id, "l4"); }) == "HOST_OFFLINE");
        world.pass(10s);
        for (const char* listener : {"l1", "l2"})
            CHECK(b->hear(listener, "ended host lost") == texts{"at 1", "ended host lost"});
        CHECK(c->hear("l3", "ended host lost") == texts{"at 1", "ended host lost"});
        CHECK(code_of([&] { c->join(id, "l4"); }) == "SESSION_ENDED");
        world.pass(2min);
        CHECK(b->told("l1").size() == 2);
        CHECK(c->told("l3").size() == 2);
        CHECK((*c)->counters().listened == 0);
    });
}

TEST_CASE("sessions: a host that is back within the grace period goes on") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        wait((*a)->publish(id, "host", "e", nullptr));
        (*a)->disconnect("host");
        CHECK(code_of([&] { wait((*a)->publish(id, "host", "x", 1)); }) == "FORBIDDEN");
        world.pass(8s);
        auto* where = a.get();
        SUBCASE("at the same instance") {}
        SUBCASE("at another") {
            where = b.get();
        }
        const session_host again{.user = "alice", .connection = "host2"};
        CHECK(wait((*where)->resume_session(id, again)) == 1);
        CHECK(wait((*where)->publish(id, "host2", "e", nullptr)) == 2);
        world.pass(5min);
        CHECK(wait((*where)->publish(id, "host2", "e", nullptr)) == 3);
        CHECK(b->hear("l1", "3 e") == texts{"at 0", "1 e", "2 e", "3 e"});
        CHECK((*a)->counters().hosted + (*b)->counters().hosted == 1);
    });
}

TEST_CASE("sessions: a host that is gone for longer has ended the session") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        (*a)->disconnect("host");
        world.pass(9s);
        CHECK(b->told("l1") == texts{"at 0"});
        world.pass(2s);
        CHECK(b->hear("l1", "ended host lost") == texts{"at 0", "ended host lost"});
        CHECK(code_of([&] { wait((*a)->resume_session(id, alice)); }) == "SESSION_ENDED");
        CHECK_FALSE(cluster.exists("session:host:" + id + ":heartbeat"));
    });
}

TEST_CASE("sessions: an instance that hung finds its session ended, and leaves it so") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.hanging_instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        world.pass(71s);
        b->hear("l1", "ended host lost");
        cluster.hung.pass(21s);
        CHECK(a->hear("host", "ended host lost") == texts{"ended host lost"});
        CHECK((*a)->counters().hosted == 0);
        CHECK_FALSE(cluster.exists("session:host:" + id + ":heartbeat"));
        CHECK(code_of([&] { b->join(id, "l2"); }) == "SESSION_ENDED");
    });
}

TEST_CASE("sessions: a host that goes while the session is being made has gone") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.flaky_instance("a");
        cluster.flaky.slow = true;
        auto made = begin((*a)->create_session(alice));
        (*a)->disconnect("host");
        cluster.flaky.hurry();
        const std::string id = made.get().id;
        CHECK(wait((*a)->get_session(id)).status == "active");
        world.pass(11s);
        CHECK(code_of([&] { wait((*a)->get_session(id)); }) == "SESSION_ENDED");
    });
}

TEST_CASE("sessions: a host that asks twice at once to go on, and is refused once, is there") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.flaky_instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        const session_host back{.user = "alice", .connection = "back"};
        cluster.flaky.slow = true;
        auto granted = begin((*b)->resume_session(id, back));
        cluster.flaky.slow = false;
        cluster.flaky.away = true;
        CHECK(code_of([&] { wait((*b)->resume_session(id, back)); }) == "no answer");
        cluster.flaky.away = false;
        cluster.flaky.hurry();
        CHECK(granted.get() == 0);
        CHECK(wait((*b)->publish(id, "back", "e", nullptr)) == 1);
        (*b)->disconnect("back");
        world.pass(11s);
        CHECK((*b)->counters().hosted == 0);
    });
}

TEST_CASE("sessions: of events that wait for the store there are not too many, and they keep their "
          "order") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.options.max_waiting_events = 3;
        const auto a = cluster.flaky_instance("a");
        const std::string id = wait((*a)->create_session(alice)).id;
        a->join(id, "l1");
        cluster.flaky.slow = true;
        std::vector<std::future<std::uint64_t>> published;
        for (int i = 0; i < 6; ++i)
            published.push_back(begin((*a)->publish(id, "host", std::to_string(i), 1)));
        cluster.flaky.hurry();
        for (std::size_t i = 0; i < 4; ++i)
            CHECK(published[i].get() == i + 1);
        for (std::size_t i = 4; i < 6; ++i)
            CHECK(code_of([&] { published[i].get(); }) == "UNAVAILABLE");
        CHECK(a->hear("l1", "4 3") == texts{"at 0", "1 0", "2 1", "3 2", "4 3"});
    });
}

TEST_CASE("sessions: only the user who hosts a session may resume it") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const std::string id = wait((*a)->create_session(alice)).id;
        const std::string nobodys =
            wait((*a)->create_session({.user = {}, .connection = "anonymous"})).id;
        for (const char* user : {"bob", ""}) {
            const session_host other{.user = user, .connection = "c"};
            CHECK(code_of([&] { wait((*a)->resume_session(id, other)); }) == "FORBIDDEN");
            CHECK(code_of([&] { wait((*a)->resume_session(nobodys, other)); }) == "FORBIDDEN");
        }
        CHECK(wait((*a)->publish(id, "host", "e", nullptr)) == 1);
    });
}

TEST_CASE("sessions: of two instances that think they have the host, the later has") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        wait((*b)->resume_session(id, {.user = "alice", .connection = "host2"}));
        CHECK(code_of([&] { wait((*a)->publish(id, "host", "old", 1)); }) == "FORBIDDEN");
        CHECK(wait((*b)->publish(id, "host2", "new", nullptr)) == 1);
        (*a)->disconnect("host");
        world.pass(1min);
        CHECK(wait((*b)->publish(id, "host2", "new", nullptr)) == 2);
        CHECK(b->hear("l1", "2 new") == texts{"at 0", "1 new", "2 new"});
        CHECK((*a)->counters().hosted == 0);
    });
}

} // namespace sockeye::app
