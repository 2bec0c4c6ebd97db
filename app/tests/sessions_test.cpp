// Sessions from the first to the last. More: session_hosts_test.cpp, session_listeners_test.cpp,
// session_history_test.cpp.

#include "support/session_world.hpp"

namespace sockeye::app {

TEST_CASE("sessions: listeners join by code at any instance and hear the host in order") {
    in_each_cluster([](session_cluster& cluster) {
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const session_info made = wait((*a)->create_session(alice, "de", {{"title", "Talk"}}));
        CHECK(made.code.size() == 6);

        std::string typed = made.code;
        std::ranges::transform(typed, typed.begin(), [](unsigned char c) { return tolower(c); });
        const session_joined joined = b->join({.code = typed, .listener = "l1"});
        CHECK(joined.session.id == made.id);
        CHECK(joined.session.source_lang == "de");
        CHECK(joined.session.more == session_fields{{"title", "Talk"}});
        CHECK(joined.session.host_node == "a");
        CHECK_FALSE(joined.session.local);
        CHECK(joined.complete);

        CHECK(wait((*a)->publish(made.id, "host", "one", socketio::object{{"x", 1}})) == 1);
        CHECK(wait((*a)->publish(made.id, "host", "two", nullptr)) == 2);
        CHECK(a->join(made.id, "l2").seq == 2);
        CHECK(wait((*a)->publish(made.id, "host", "three", nullptr)) == 3);
        CHECK(b->hear("l1", "3 three") == texts{"at 0", "1 one", "2 two", "3 three"});
        CHECK(a->hear("l2", "3 three") == texts{"at 2", "3 three"});
    });
}

TEST_CASE("sessions: the keys and the messages are those that others read") {
    in_each_cluster([](session_cluster& cluster) {
        const auto a = cluster.instance("a");
        const session_info made = wait((*a)->create_session(alice, "de"));
        std::promise<std::string> heard;
        std::promise<void> ready;
        const auto subscription = cluster.world.state().subscribe(
            "channel:session:" + made.id,
            [&](std::string_view text) { heard.set_value(std::string(text)); },
            [&] { ready.set_value(); });
        REQUIRE(ready.get_future().wait_for(30s) == std::future_status::ready);

        const auto kept =
            commit(cluster.world.state(), transaction()
                                              .get("session:code:" + made.code)
                                              .get("session:host:" + made.id + ":heartbeat")
                                              .time_left("session:meta:" + made.id)
                                              .time_left("session:code:" + made.code));
        CHECK(kept.replies[0].text == made.id);
        CHECK(kept.replies[1].text == "1");
        for (const int i : {2, 3}) {
            CHECK(kept.replies[i].number > milliseconds(23h).count());
            CHECK(kept.replies[i].number <= milliseconds(24h).count());
        }
        CHECK(cluster.field(made.id, "hostNodeId") == "a");
        CHECK(cluster.field(made.id, "sourceLang") == "de");
        CHECK(cluster.field(made.id, "status") == "active");
        CHECK(cluster.field(made.id, "createdAt") ==
              std::to_string(cluster.world.shards.now().count()));

        wait((*a)->publish(made.id, "host", "text", "hi"));
        auto text = heard.get_future();
        REQUIRE(text.wait_for(30s) == std::future_status::ready);
        CHECK(text.get() == R"({"sessionId":")" + made.id +
                                R"(","seq":1,"type":"text","data":"hi","timestamp":)" +
                                std::to_string(cluster.world.shards.now().count()) + "}");
        cluster.world.state().unsubscribe(subscription);
    });
}

TEST_CASE("sessions: closing tells everybody once, and nobody can join any more") {
    in_each_cluster([](session_cluster& cluster) {
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const session_info made = wait((*a)->create_session(alice));
        a->join(made.id, "near");
        b->join(made.id, "far");
        CHECK(code_of([&] { wait((*a)->close_session(made.id, "near")); }) == "FORBIDDEN");
        CHECK(code_of([&] { wait((*b)->close_session(made.id, "host")); }) == "FORBIDDEN");
        wait((*a)->publish(made.id, "host", "last", nullptr));
        wait((*a)->close_session(made.id, "host"));
        CHECK(a->hear("near", "ended closed") == texts{"at 0", "1 last", "ended closed"});
        CHECK(b->hear("far", "ended closed") == texts{"at 0", "1 last", "ended closed"});
        CHECK_FALSE(cluster.exists("session:host:" + made.id + ":heartbeat"));
        CHECK(cluster.field(made.id, "status") == "ended");
        CHECK(code_of([&] { b->join({.code = made.code, .listener = "l"}); }) == "SESSION_ENDED");
        CHECK(code_of([&] { wait((*a)->get_session(made.id)); }) == "SESSION_ENDED");
        CHECK(code_of([&] { wait((*a)->publish(made.id, "host", "x", 1)); }) == "FORBIDDEN");

        cluster.world.pass(90s);
        CHECK_FALSE(cluster.exists("session:host:" + made.id + ":heartbeat"));
        CHECK(a->told("near").size() == 3);
        CHECK(b->told("far").size() == 3);
        CHECK(a->told("host").empty());
        CHECK((*a)->counters().hosted == 0);
        CHECK((*b)->counters().listened == 0);
    });
}

TEST_CASE("sessions: a session is found at its host's instance, and as a stub elsewhere") {
    in_each_cluster([](session_cluster& cluster) {
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const session_info made = wait((*a)->create_session(alice, "de", {{"k", "v"}}));
        CHECK(wait((*a)->get_session(made.id)) == made);
        session_info stub = wait((*b)->get_session(made.id));
        CHECK_FALSE(std::exchange(stub.local, true));
        CHECK(stub == made);
        for (const char* id : {"none", "", "a\nb"}) {
            CAPTURE(id);
            const std::string code = *id == 'n' ? "SESSION_NOT_FOUND" : "BAD_REQUEST";
            CHECK(code_of([&] { wait((*b)->get_session(id)); }) == code);
        }
        for (const char* code : {"", "ABC234", "0O1I", "*"})
            CHECK(code_of([&] { b->join({.code = code, .listener = "l"}); }) ==
                  "SESSION_NOT_FOUND");
        CHECK((*b)->counters().listened == 0);
    });
}

TEST_CASE("sessions: a session lives for a day") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.options.life = 30s;
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const session_info made = wait((*a)->create_session(alice));
        b->join(made.id, "l1");
        cluster.world.pass(41s); // the host's instance looks every 20 s
        CHECK(b->hear("l1", "ended expired") == texts{"at 0", "ended expired"});
        CHECK(a->hear("host", "ended expired") == texts{"ended expired"});
        CHECK(code_of([&] { b->join({.code = made.code, .listener = "l"}); }) ==
              "SESSION_NOT_FOUND");
        cluster.world.pass(1min);
        CHECK_FALSE(cluster.exists("session:host:" + made.id + ":heartbeat"));
        CHECK((*a)->counters().hosted == 0);
    });
}

TEST_CASE("sessions: while the store is away everything fails at once, and then goes on") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster, {.a = nature::flaky});
        at.b->join(at.id, "l1");
        cluster.flaky.away = true;
        CHECK(code_of([&] { wait((*at.a)->create_session(alice)); }) == "no answer");
        CHECK(code_of([&] { wait((*at.a)->publish(at.id, "host", "e", 1)); }) == "no answer");
        CHECK(code_of([&] { wait((*at.a)->close_session(at.id, "host")); }) == "no answer");
        CHECK(code_of([&] { at.a->join(at.id, "l"); }) == "no answer");
        CHECK((*at.a)->counters().listeners == 0);
        CHECK((*at.a)->counters().hosted == 1);
        cluster.world.pass(63s); // the heartbeat has lapsed
        CHECK(code_of([&] { at.b->join(at.id, "l2"); }) == "HOST_OFFLINE");
        cluster.flaky.away = false;
        cluster.world.pass(3s);
        CHECK(at.b->join(at.id, "l2").seq == 0);
        CHECK(wait((*at.a)->publish(at.id, "host", "e", 1)) == 1);
        CHECK(at.b->hear("l1", "1 e") == texts{"at 0", "1 e"});
    });
}

TEST_CASE("sessions: an event whose answer is lost is neither lost nor counted twice") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster, {.a = nature::flaky});
        at.b->join(at.id, "l1");
        wait((*at.a)->publish(at.id, "host", "e", 1));
        cluster.flaky.loses_answers = true;
        CHECK(code_of([&] { wait((*at.a)->publish(at.id, "host", "unsure", 1)); }) == "no answer");
        cluster.flaky.loses_answers = false;
        CHECK(wait((*at.a)->publish(at.id, "host", "e", 1)) == 3);
        CHECK(at.b->hear("l1", "3 e") == texts{"at 0", "1 e", "2 unsure", "3 e"});
    });
}

TEST_CASE("sessions: a channel that cannot be subscribed to fails the joining after a while") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster, {.a = nature::flaky});
        cluster.flaky.deaf = true;
        auto joined = begin((*at.a)->join({.session_id = at.id, .listener = "l", .welcome = {}}));
        cluster.world.pass(4s);
        CHECK((*at.a)->counters().listeners == 1);
        cluster.world.pass(2s);
        CHECK(code_of([&] { joined.get(); }) == "no answer");
        CHECK((*at.a)->counters().listened == 0);
        cluster.flaky.deaf = false;
        CHECK(at.a->join(at.id, "l").seq == 0);
    });
}

TEST_CASE("sessions: what is beyond a limit is refused, and costs nothing") {
    in_each_cluster([](session_cluster& cluster) {
        cluster.options = {.max_event_bytes = 300, .max_hosted = 2, .max_joined = 1};
        const alices_session at(cluster);
        const std::string second = wait((*at.a)->create_session(alice)).id;
        const auto refuses = [](const std::function<void()>& call) {
            CHECK(code_of(call) == "BAD_REQUEST");
        };
        refuses([&] { wait((*at.a)->create_session(alice)); });
        const session_host other{.user = "bob", .connection = "other"};
        refuses([&] { wait((*at.a)->create_session(other, {}, {{"status", "ended"}})); });
        refuses([&] { wait((*at.a)->create_session(other, {}, {{"k", std::string(2000, 'x')}})); });
        refuses([&] { wait((*at.a)->create_session(other, std::string(200, 'x'))); });
        refuses([&] { wait((*at.a)->create_session({.user = "bob", .connection = ""})); });
        refuses([&] { wait((*at.a)->publish(at.id, "host", "", 1)); });
        refuses([&] { wait((*at.a)->publish(at.id, "host", "session:ended", 1)); });
        refuses([&] { wait((*at.a)->publish(at.id, "host", "e", std::string(400, 'x'))); });
        CHECK(wait((*at.a)->publish(at.id, "host", "e", 1)) == 1);
        at.a->join(at.id, "l1");
        refuses([&] { at.a->join(second, "l1"); });
        refuses([&] { at.a->join(at.id, ""); });
        CHECK((*at.a)->counters().listeners == 1);
    });
}

TEST_CASE("sessions: a Node host that keeps no count is heard from whatever it says first") {
    in_each_cluster([](session_cluster& cluster) {
        const auto a = cluster.instance("a");
        commit(cluster.world.state(), transaction()
                                          .set_field("session:meta:n", "hostNodeId", "node-1")
                                          .set_field("session:meta:n", "status", "active")
                                          .set("session:host:n:heartbeat", "1", 60s));
        a->join("n", "l1");
        for (const char* seq : {"7", "8"})
            commit(cluster.world.state(),
                   transaction().publish("channel:session:n", R"({"sessionId":"n","seq":)" +
                                                                  std::string(seq) +
                                                                  R"(,"type":"e","data":1})"));
        CHECK(a->hear("l1", "8 e") == texts{"at 0", "7 e", "8 e"});
        SUBCASE("it closes the session") {
            commit(cluster.world.state(), transaction()
                                              .erase("session:host:n:heartbeat")
                                              .set_field("session:meta:n", "status", "ended"));
            cluster.world.pass(6s);
            CHECK(a->hear("l1", "ended closed").size() == 4);
        }
        SUBCASE("it dies") {
            cluster.world.pass(71s);
            CHECK(a->hear("l1", "ended host lost").size() == 4);
            CHECK(cluster.field("n", "status") == "ended");
        }
    });
}

} // namespace sockeye::app
