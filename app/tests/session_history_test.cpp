// Sessions whose events are in the event log too.

#include "support/session_world.hpp"

namespace sockeye::app {

TEST_CASE("sessions: with history every event is in the log under its number, past the window") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.options.kept_events = 2;
        cluster.log = sqlite_event_log(cluster.world.shards);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice, "de", {}, true)).id;
        CHECK(b->join(id, "l1").session.history);
        for (std::uint64_t seq = 1; seq <= 5; ++seq)
            CHECK(wait((*a)->publish(id, "host", "e", socketio::value(seq))) == seq);
        b->hear("l1", "5 e");
        CHECK_FALSE(b->join(id, "late", 0).complete);
        wait((*a)->close_session(id, "host"));
        CHECK(b->hear("l1", "ended closed").size() == 7);
        CHECK(cluster.logged(id) == texts{"1 e", "2 e", "3 e", "4 e", "5 e", "6 session:ended"});
        CHECK(wait(cluster.log->events(session_log_name(id), 2, 1))[0].data == socketio::value(3));
        CHECK(wait(cluster.log->events(session_log_name(id), 2, 1))[0].user_id == "alice");
    });
}

TEST_CASE("sessions: history goes on where the host does") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.log = sqlite_event_log(cluster.world.shards);
        const alices_session at(cluster, {.history = true});
        wait((*at.a)->publish(at.id, "host", "at a", nullptr));
        CHECK(wait((*at.b)->resume_session(at.id, {"alice", "host at b"})) == 1);
        CHECK(wait((*at.b)->publish(at.id, "host at b", "at b", nullptr)) == 2);
        CHECK(cluster.logged(at.id) == texts{"1 at a", "2 at b"});
    });
}

TEST_CASE("sessions: an event that is logged but cannot be published is lost, and in the log") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.log = sqlite_event_log(cluster.world.shards);
        const alices_session at(cluster, {.a = nature::flaky, .history = true});
        at.b->join(at.id, "l1");
        cluster.flaky.away = true;
        CHECK(code_of([&] { wait((*at.a)->publish(at.id, "host", "unheard", nullptr)); }) ==
              "no answer");
        cluster.flaky.away = false;
        CHECK(wait((*at.a)->publish(at.id, "host", "heard", nullptr)) == 2);
        CHECK(at.b->hear("l1", "2 heard") == texts{"at 0", "lost 1-1", "2 heard"});
        CHECK(cluster.logged(at.id) == texts{"1 unheard", "2 heard"});
    });
}

TEST_CASE("sessions: an event that the log does not take is not published") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.log = sqlite_event_log(cluster.world.shards);
        const alices_session at(cluster, {.history = true});
        at.a->join(at.id, "l1");
        const std::string large(cluster.options.max_event_bytes, 'x');
        CHECK(code_of([&] { wait((*at.a)->publish(at.id, "host", "e", large)); }) == "BAD_REQUEST");
        CHECK(cluster.logged(at.id).empty());
        cluster.log->close();
        CHECK(code_of([&] { wait((*at.a)->publish(at.id, "host", "e", nullptr)); }) == "no answer");
        CHECK(cluster.field(at.id, "seq") == "0");
        CHECK(at.a->told("l1") == texts{"at 0"});
    });
}

TEST_CASE("sessions: of events that are too large for a session none is in the log") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.options.max_event_bytes = 1000;
        cluster.log = sqlite_event_log(cluster.world.shards);
        const alices_session at(cluster, {.history = true});
        const auto publish = [&](std::size_t size) {
            return code_of(
                [&] { wait((*at.a)->publish(at.id, "host", "e", std::string(size, 'x'))); });
        };
        std::size_t size = cluster.options.max_event_bytes;
        while (size > 0 && publish(size) == "BAD_REQUEST")
            --size;
        CHECK(size > 800);
        CHECK(cluster.logged(at.id) == texts{"1 e"});
        CHECK(cluster.field(at.id, "seq") == "1");
    });
}

TEST_CASE("sessions: a log that has lost events is noticed, and nothing is numbered twice") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.log = sqlite_event_log(cluster.world.shards);
        const alices_session at(cluster, {.history = true});
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        CHECK(wait(cluster.log->remove_inactive(std::chrono::hours(1'000'000))) == 1);
        CHECK_THROWS_AS(wait((*at.a)->publish(at.id, "host", "e", nullptr)), std::runtime_error);
        CHECK(cluster.field(at.id, "seq") == "2");
    });
}

TEST_CASE("sessions: without a log there is no history") {
    in_each_cluster([](session_cluster& cluster) {
        const auto a = cluster.instance("a");
        CHECK(code_of([&] { wait((*a)->create_session(alice, {}, {}, true)); }) == "FORBIDDEN");
        CHECK(code_of([&] {
                  wait((*a)->create_session(alice, {}, {{"history", "true"}}));
              }) == "BAD_REQUEST");
    });
}

} // namespace sockeye::app
