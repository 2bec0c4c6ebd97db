// A session's host: its connection, its instance, and what it says at once.

#include "support/session_world.hpp"

namespace sockeye::app {

TEST_CASE("sessions: a living host's session outlives its heartbeat's life many times") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        at.b->join(at.id, "l1");
        cluster.world.pass(10min);
        CHECK(wait((*at.a)->publish(at.id, "host", "e", nullptr)) == 1);
        CHECK(at.b->hear("l1", "1 e") == texts{"at 0", "1 e"});
        CHECK(at.b->join(at.id, "l2").seq == 1);
    });
}

TEST_CASE("sessions: a session whose host's instance dies cannot be joined, and its listeners are "
          "told once") {
    in_each_cluster([](session_cluster& cluster) {
        auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const auto c = cluster.instance("c");
        const std::string id = wait((*a)->create_session(alice)).id;
        wait((*a)->publish(id, "host", "e", nullptr));
        b->join(id, "l1");
        b->join(id, "l2");
        c->join(id, "l3");
        a.reset();
        cluster.world.pass(59s);
        CHECK(b->told("l1") == texts{"at 1"});
        cluster.world.pass(2s);
        CHECK(code_of([&] { b->join(id, "l4"); }) == "HOST_OFFLINE");
        cluster.world.pass(10s);
        for (const char* listener : {"l1", "l2"})
            CHECK(b->hear(listener, "ended host lost") == texts{"at 1", "ended host lost"});
        CHECK(c->hear("l3", "ended host lost") == texts{"at 1", "ended host lost"});
        CHECK(code_of([&] { c->join(id, "l4"); }) == "SESSION_ENDED");
        cluster.world.pass(2min);
        CHECK(b->told("l1").size() == 2);
        CHECK(c->told("l3").size() == 2);
        CHECK((*c)->counters().listened == 0);
    });
}

TEST_CASE("sessions: a host that is back within the grace period goes on") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        at.b->join(at.id, "l1");
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        (*at.a)->disconnect("host");
        CHECK(code_of([&] { wait((*at.a)->publish(at.id, "host", "x", 1)); }) == "FORBIDDEN");
        cluster.world.pass(8s);
        auto* where = at.a.get();
        SUBCASE("at the same instance") {}
        SUBCASE("at another") {
            where = at.b.get();
        }
        const session_host again{.user = "alice", .connection = "host2"};
        CHECK(wait((*where)->resume_session(at.id, again)) == 1);
        CHECK(wait((*where)->publish(at.id, "host2", "e", nullptr)) == 2);
        cluster.world.pass(5min);
        CHECK(wait((*where)->publish(at.id, "host2", "e", nullptr)) == 3);
        CHECK(at.b->hear("l1", "3 e") == texts{"at 0", "1 e", "2 e", "3 e"});
        CHECK((*at.a)->counters().hosted + (*at.b)->counters().hosted == 1);
    });
}

TEST_CASE("sessions: a host that is gone for longer has ended the session") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        at.b->join(at.id, "l1");
        (*at.a)->disconnect("host");
        cluster.world.pass(9s);
        CHECK(at.b->told("l1") == texts{"at 0"});
        cluster.world.pass(2s);
        CHECK(at.b->hear("l1", "ended host lost") == texts{"at 0", "ended host lost"});
        CHECK(code_of([&] { wait((*at.a)->resume_session(at.id, alice)); }) == "SESSION_ENDED");
        CHECK_FALSE(cluster.exists("session:host:" + at.id + ":heartbeat"));
    });
}

TEST_CASE("sessions: an instance that hung finds its session ended, and leaves it so") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster, {.a = nature::hanging});
        at.b->join(at.id, "l1");
        cluster.world.pass(71s);
        at.b->hear("l1", "ended host lost");
        cluster.hung.pass(21s);
        CHECK(at.a->hear("host", "ended host lost") == texts{"ended host lost"});
        CHECK((*at.a)->counters().hosted == 0);
        CHECK_FALSE(cluster.exists("session:host:" + at.id + ":heartbeat"));
        CHECK(code_of([&] { at.b->join(at.id, "l2"); }) == "SESSION_ENDED");
    });
}

TEST_CASE("sessions: a host that goes while the session is being made has gone") {
    in_each_cluster([](session_cluster& cluster) {
        const auto a = cluster.instance("a", nature::flaky);
        cluster.flaky.slow = true;
        auto made = begin((*a)->create_session(alice));
        (*a)->disconnect("host");
        cluster.flaky.hurry();
        const std::string id = made.get().id;
        CHECK(wait((*a)->get_session(id)).status == "active");
        cluster.world.pass(11s);
        CHECK(code_of([&] { wait((*a)->get_session(id)); }) == "SESSION_ENDED");
    });
}

TEST_CASE("sessions: a host that asks twice at once to go on, and is refused once, is there") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster, {.b = nature::flaky});
        const session_host back{.user = "alice", .connection = "back"};
        cluster.flaky.slow = true;
        auto granted = begin((*at.b)->resume_session(at.id, back));
        cluster.flaky.slow = false;
        cluster.flaky.away = true;
        CHECK(code_of([&] { wait((*at.b)->resume_session(at.id, back)); }) == "no answer");
        cluster.flaky.away = false;
        cluster.flaky.hurry();
        CHECK(granted.get() == 0);
        CHECK(wait((*at.b)->publish(at.id, "back", "e", nullptr)) == 1);
        (*at.b)->disconnect("back");
        cluster.world.pass(11s);
        CHECK((*at.b)->counters().hosted == 0);
    });
}

TEST_CASE("sessions: of events that wait for the store there are not too many, and they keep their "
          "order") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.options.max_waiting_events = 3;
        const alices_session at(cluster, {.a = nature::flaky});
        at.a->join(at.id, "l1");
        cluster.flaky.slow = true;
        std::vector<std::future<std::uint64_t>> published;
        for (int i = 0; i < 6; ++i)
            published.push_back(begin((*at.a)->publish(at.id, "host", std::to_string(i), 1)));
        cluster.flaky.hurry();
        for (std::size_t i = 0; i < 4; ++i)
            CHECK(published[i].get() == i + 1);
        for (std::size_t i = 4; i < 6; ++i)
            CHECK(code_of([&] { published[i].get(); }) == "UNAVAILABLE");
        CHECK(at.a->hear("l1", "4 3") == texts{"at 0", "1 0", "2 1", "3 2", "4 3"});
    });
}

TEST_CASE("sessions: only the user who hosts a session may resume it") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        const std::string nobodys =
            wait((*at.a)->create_session({.user = {}, .connection = "anonymous"})).id;
        for (const char* user : {"bob", ""}) {
            const session_host other{.user = user, .connection = "c"};
            CHECK(code_of([&] { wait((*at.a)->resume_session(at.id, other)); }) == "FORBIDDEN");
            CHECK(code_of([&] { wait((*at.a)->resume_session(nobodys, other)); }) == "FORBIDDEN");
        }
        CHECK(wait((*at.a)->publish(at.id, "host", "e", nullptr)) == 1);
    });
}

TEST_CASE("sessions: of two instances that think they have the host, the later has") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        at.b->join(at.id, "l1");
        wait((*at.b)->resume_session(at.id, {.user = "alice", .connection = "host2"}));
        CHECK(code_of([&] { wait((*at.a)->publish(at.id, "host", "old", 1)); }) == "FORBIDDEN");
        CHECK(wait((*at.b)->publish(at.id, "host2", "new", nullptr)) == 1);
        (*at.a)->disconnect("host");
        cluster.world.pass(1min);
        CHECK(wait((*at.b)->publish(at.id, "host2", "new", nullptr)) == 2);
        CHECK(at.b->hear("l1", "2 new") == texts{"at 0", "1 new", "2 new"});
        CHECK((*at.a)->counters().hosted == 0);
    });
}

} // namespace sockeye::app
