// What listeners are told of a session, and what of it they missed.

#include "support/session_world.hpp"

namespace sockeye::app {

TEST_CASE("sessions: who comes back gets what was missed, and then what comes") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        for (int i = 0; i < 5; ++i)
            wait((*at.a)->publish(at.id, "host", "e", i));
        const session_joined joined = at.b->join(at.id, "l1", 2);
        CHECK(joined.complete);
        CHECK(joined.missed[0]->data == socketio::value(2));
        wait((*at.a)->publish(at.id, "host", "e", 5));
        CHECK(at.b->hear("l1", "6 e") == texts{"at 5 missed 3 4 5", "6 e"});

        CHECK(at.b->join(at.id, "up to date", 6).complete);
        const session_joined ahead = at.b->join(at.id, "ahead", 9);
        CHECK_FALSE(ahead.complete);
        CHECK(ahead.missed.empty());
        CHECK_FALSE(
            at.b->join(at.id, "far ahead", std::numeric_limits<std::uint64_t>::max()).complete);
    });
}

TEST_CASE("sessions: who comes while the host speaks misses nothing and hears nothing twice") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        constexpr int events = 300;
        auto speaking = std::async(std::launch::async, [&] {
            for (int i = 0; i < events; ++i)
                wait((*at.a)->publish(at.id, "host", "e", i));
        });
        std::vector<std::string> listeners;
        for (std::uint64_t seq = 0; seq < events;) {
            listeners.push_back("l" + std::to_string(listeners.size() % 50));
            (*at.b)->leave(at.id, listeners.back());
            seq = at.b->join(at.id, listeners.back(), 0).seq;
        }
        speaking.get();
        wait((*at.a)->publish(at.id, "host", "end", nullptr));
        for (const std::string& listener : listeners) {
            texts heard = at.b->hear(listener, std::to_string(events + 1) + " end");
            const auto last_join = std::find_if(heard.rbegin(), heard.rend(), [](const auto& note) {
                return note.starts_with("at ");
            });
            texts expected{*last_join};
            int next = std::stoi(last_join->substr(3));
            std::string missed = next > 0 ? "at " + std::to_string(next) + " missed" : "at 0";
            for (int seq = 1; seq <= next; ++seq)
                missed += ' ' + std::to_string(seq);
            CHECK(*last_join == missed);
            while (next++ < events)
                expected.push_back(std::to_string(next) + " e");
            expected.push_back(std::to_string(events + 1) + " end");
            CHECK(texts(std::prev(last_join.base()), heard.end()) == expected);
        }
    });
}

TEST_CASE("sessions: past the kept window the missed events are not complete") {
    in_each_cluster([](session_cluster& cluster) {
        const auto by = [&](const char* bound) {
            CAPTURE(bound);
            const auto a = cluster.instance("a");
            const std::string id = wait((*a)->create_session(alice)).id;
            for (int i = 0; i < 10; ++i)
                wait((*a)->publish(id, "host", "e", std::string(100, 'x')));
            const session_joined within = a->join(id, "within", 6);
            CHECK(within.complete);
            CHECK(within.missed.size() == 4);
            const session_joined past = a->join(id, "past", 2);
            CHECK_FALSE(past.complete);
            CHECK(past.missed.size() == 4);
            CHECK(past.missed.front()->seq == 7);
            CHECK(past.seq == 10);
            const auto kept =
                commit(cluster.world.state(), transaction().get_fields("session:events:" + id));
            CHECK(kept.replies[0].items.size() == 8);
        };
        cluster.options.kept_events = 4;
        by("number");
        cluster.options = {.kept_bytes = 900}; // of some 190 each
        by("bytes");
    });
}

TEST_CASE("sessions: events that are lost on their way are fetched") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        at.b->join(at.id, "l1");
        SUBCASE("when a later one comes") {
            cluster.lose(at.id, 1);
            cluster.lose(at.id, 2);
            wait((*at.a)->publish(at.id, "host", "later", nullptr));
            CHECK(at.b->hear("l1", "3 later") == texts{"at 0", "1 e", "2 e", "3 later"});
            CHECK((*at.b)->counters().recovered == 2);
        }
        SUBCASE("when a listener comes who has it from elsewhere") {
            cluster.lose(at.id, 1);
            const session_joined joined = at.b->join(at.id, "l2", 1);
            CHECK(joined.seq == 1);
            CHECK(joined.complete);
            wait((*at.a)->publish(at.id, "host", "later", nullptr));
            CHECK(at.b->hear("l2", "2 later") == texts{"at 1", "2 later"});
            CHECK(at.b->hear("l1", "2 later") == texts{"at 0", "1 e", "2 later"});
        }
        SUBCASE("or at the next check") {
            cluster.lose(at.id, 1);
            cluster.world.pass(6s);
            CHECK(at.b->hear("l1", "1 e") == texts{"at 0", "1 e"});
        }
        SUBCASE("or are told to be lost") {
            cluster.lose(at.id, 1);
            cluster.lose(at.id, 2);
            commit(cluster.world.state(),
                   transaction().erase_field("session:events:" + at.id, "1"));
            cluster.world.pass(6s);
            CHECK(at.b->hear("l1", "2 e") == texts{"at 0", "lost 1-1", "2 e"});
            CHECK((*at.b)->counters().lost == 1);
        }
    });
}

TEST_CASE("sessions: messages that come twice, late or broken are told once, in order, or not") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        at.a->join(at.id, "l1");
        const auto say = [&](const std::string& text) {
            commit(cluster.world.state(), transaction().publish("channel:session:" + at.id, text));
        };
        const auto event = [&](int seq) {
            return R"({"sessionId":")" + at.id + R"(","seq":)" + std::to_string(seq) +
                   R"(,"type":"e"})";
        };
        say("broken");
        for (const int seq : {1, 1, 2, 1, 3})
            say(event(seq));
        CHECK(at.a->hear("l1", "3 e") == texts{"at 0", "1 e", "2 e", "3 e"});
        CHECK((*at.a)->counters().refused == 1);
    });
}

TEST_CASE("sessions: an instance subscribes once, whatever the number of listeners") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        for (const char* listener : {"l1", "l2", "l3"})
            at.b->join(at.id, listener);
        CHECK((*at.b)->counters().listened == 1);
        CHECK((*at.b)->counters().listeners == 3);
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        for (const char* listener : {"l1", "l2", "l3"})
            CHECK(at.b->hear(listener, "1 e") == texts{"at 0", "1 e"});
        CHECK((*at.b)->counters().heard == 1);

        (*at.b)->leave(at.id, "l1");
        (*at.b)->disconnect("l2");
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        CHECK(at.b->hear("l3", "2 e").size() == 3);
        (*at.b)->disconnect("l3");
        CHECK((*at.b)->counters().listened == 0);
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        CHECK(at.b->join(at.id, "l4").seq == 3);
        CHECK((*at.b)->counters().heard == 2);
        CHECK(at.b->told("l1").size() == 2);
        CHECK(at.b->told("l2").size() == 2);
    });
}

TEST_CASE("sessions: joining again goes on from what the listener has") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster);
        at.a->join(at.id, "l1");
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        at.a->hear("l1", "1 e");
        at.a->join(at.id, "l1", 0);
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        CHECK(at.a->hear("l1", "2 e") == texts{"at 0", "1 e", "at 1 missed 1", "2 e"});
    });
}

TEST_CASE("sessions: who joins again and is refused goes on as before, and misses nothing") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster, {.b = nature::flaky});
        at.b->join(at.id, "l1");
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        at.b->hear("l1", "1 e");
        cluster.flaky.slow = true;
        auto joined = begin((*at.b)->join({.session_id = at.id, .listener = "l1", .last_seq = 0}));
        wait((*at.a)->publish(at.id, "host", "meanwhile", nullptr));
        cluster.flaky.away = true;
        cluster.flaky.hurry(); // the session is found, but what was missed is not
        CHECK(code_of([&] { joined.get(); }) == "no answer");
        cluster.flaky.away = false;
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        CHECK(at.b->hear("l1", "3 e") == texts{"at 0", "1 e", "2 meanwhile", "3 e"});
    });
}

TEST_CASE("sessions: a new listener who is refused listens to nothing") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster, {.b = nature::flaky});
        cluster.flaky.slow = true;
        auto joined = begin((*at.b)->join({.session_id = at.id, .listener = "l1"}));
        cluster.flaky.away = true;
        cluster.flaky.hurry(); // the session is found, and cannot be opened
        CHECK(code_of([&] { joined.get(); }) == "no answer");
        CHECK((*at.b)->counters().listeners == 0);
    });
}

TEST_CASE("sessions: who leaves or is gone while the session is looked up does not come in") {
    in_each_cluster([](session_cluster& cluster) {
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b", nature::flaky);
        const session_info made = wait((*a)->create_session(alice));
        cluster.flaky.slow = true;
        session_join what{
            .session_id = made.id, .listener = "l1", .welcome = [](const session_joined&) {}};
        const auto join = [&] { return begin((*b)->join(what)); };
        std::future<void> joined;
        SUBCASE("leaves") {
            joined = join();
            (*b)->leave(made.id, "l1");
        }
        SUBCASE("is gone") {
            joined = join();
            (*b)->disconnect("l1");
        }
        SUBCASE("is gone, with a code") {
            what.session_id.clear();
            what.code = made.code;
            joined = join();
            (*b)->disconnect("l1");
        }
        cluster.flaky.hurry();
        CHECK(code_of([&] { joined.get(); }) == "BAD_REQUEST");
        CHECK((*b)->counters().listeners == 0);
        CHECK((*b)->counters().listened == 0);
        CHECK(b->join(made.id, "l1").seq == 0);
    });
}

TEST_CASE("sessions: who leaves and joins again while the session is looked up listens") {
    in_each_cluster([](session_cluster& cluster) {
        const alices_session at(cluster, {.b = nature::flaky});
        cluster.flaky.slow = true;
        const session_join what{
            .session_id = at.id, .listener = "l1", .welcome = [](const session_joined&) {}};
        auto first = begin((*at.b)->join(what));
        (*at.b)->leave(at.id, "l1");
        auto second = begin((*at.b)->join(what));
        cluster.flaky.hurry();
        CHECK(code_of([&] { first.get(); }) == "BAD_REQUEST");
        CHECK(code_of([&] { second.get(); }).empty());
        CHECK((*at.b)->counters().listeners == 1);
        wait((*at.a)->publish(at.id, "host", "e", nullptr));
        CHECK(at.b->hear("l1", "1 e") == texts{"1 e"});
    });
}

} // namespace sockeye::app
