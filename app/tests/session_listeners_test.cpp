// What listeners are told of a session, and what of it they missed.

#include "support/session_world.hpp"

namespace sockeye::app {

TEST_CASE("sessions: who comes back gets what was missed, and then what comes") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        for (int i = 0; i < 5; ++i)
            wait((*a)->publish(id, "host", "e", i));
        const session_joined joined = b->join(id, "l1", 2);
        CHECK(joined.complete);
        CHECK(joined.missed[0]->data == socketio::value(2));
        wait((*a)->publish(id, "host", "e", 5));
        CHECK(b->hear("l1", "6 e") == texts{"at 5 missed 3 4 5", "6 e"});

        CHECK(b->join(id, "up to date", 6).complete);
        const session_joined ahead = b->join(id, "ahead", 9);
        CHECK_FALSE(ahead.complete);
        CHECK(ahead.missed.empty());
        CHECK_FALSE(b->join(id, "far ahead", std::numeric_limits<std::uint64_t>::max()).complete);
    });
}

TEST_CASE("sessions: who comes while the host speaks misses nothing and hears nothing twice") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        constexpr int events = 300;
        auto speaking = std::async(std::launch::async, [&] {
            for (int i = 0; i < events; ++i)
                wait((*a)->publish(id, "host", "e", i));
        });
        std::vector<std::string> listeners;
        for (std::uint64_t seq = 0; seq < events;) {
            listeners.push_back("l" + std::to_string(listeners.size() % 50));
            (*b)->leave(id, listeners.back());
            seq = b->join(id, listeners.back(), 0).seq;
        }
        speaking.get();
        wait((*a)->publish(id, "host", "end", nullptr));
        for (const std::string& listener : listeners) {
            texts heard = b->hear(listener, std::to_string(events + 1) + " end");
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
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
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
                commit(world.state(), transaction().get_fields("session:events:" + id));
            CHECK(kept.replies[0].items.size() == 8);
        };
        cluster.options.kept_events = 4;
        by("number");
        cluster.options = {.kept_bytes = 900}; // of some 190 each
        by("bytes");
    });
}

TEST_CASE("sessions: events that are lost on their way are fetched") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        SUBCASE("when a later one comes") {
            cluster.lose(id, 1);
            cluster.lose(id, 2);
            wait((*a)->publish(id, "host", "later", nullptr));
            CHECK(b->hear("l1", "3 later") == texts{"at 0", "1 e", "2 e", "3 later"});
            CHECK((*b)->counters().recovered == 2);
        }
        SUBCASE("when a listener comes who has it from elsewhere") {
            cluster.lose(id, 1);
            const session_joined joined = b->join(id, "l2", 1);
            CHECK(joined.seq == 1);
            CHECK(joined.complete);
            wait((*a)->publish(id, "host", "later", nullptr));
            CHECK(b->hear("l2", "2 later") == texts{"at 1", "2 later"});
            CHECK(b->hear("l1", "2 later") == texts{"at 0", "1 e", "2 later"});
        }
        SUBCASE("or at the next check") {
            cluster.lose(id, 1);
            world.pass(6s);
            CHECK(b->hear("l1", "1 e") == texts{"at 0", "1 e"});
        }
        SUBCASE("or are told to be lost") {
            cluster.lose(id, 1);
            cluster.lose(id, 2);
            commit(world.state(), transaction().erase_field("session:events:" + id, "1"));
            world.pass(6s);
            CHECK(b->hear("l1", "2 e") == texts{"at 0", "lost 1-1", "2 e"});
            CHECK((*b)->counters().lost == 1);
        }
    });
}

TEST_CASE("sessions: messages that come twice, late or broken are told once, in order, or not") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const std::string id = wait((*a)->create_session(alice)).id;
        a->join(id, "l1");
        const auto say = [&](const std::string& text) {
            commit(world.state(), transaction().publish("channel:session:" + id, text));
        };
        const auto event = [&](int seq) {
            return R"({"sessionId":")" + id + R"(","seq":)" + std::to_string(seq) +
                   R"(,"type":"e"})";
        };
        say("broken");
        for (const int seq : {1, 1, 2, 1, 3})
            say(event(seq));
        CHECK(a->hear("l1", "3 e") == texts{"at 0", "1 e", "2 e", "3 e"});
        CHECK((*a)->counters().refused == 1);
    });
}

TEST_CASE("sessions: an instance subscribes once, whatever the number of listeners") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        for (const char* listener : {"l1", "l2", "l3"})
            b->join(id, listener);
        CHECK((*b)->counters().listened == 1);
        CHECK((*b)->counters().listeners == 3);
        wait((*a)->publish(id, "host", "e", nullptr));
        for (const char* listener : {"l1", "l2", "l3"})
            CHECK(b->hear(listener, "1 e") == texts{"at 0", "1 e"});
        CHECK((*b)->counters().heard == 1);

        (*b)->leave(id, "l1");
        (*b)->disconnect("l2");
        wait((*a)->publish(id, "host", "e", nullptr));
        CHECK(b->hear("l3", "2 e").size() == 3);
        (*b)->disconnect("l3");
        CHECK((*b)->counters().listened == 0);
        wait((*a)->publish(id, "host", "e", nullptr));
        CHECK(b->join(id, "l4").seq == 3);
        CHECK((*b)->counters().heard == 2);
        CHECK(b->told("l1").size() == 2);
        CHECK(b->told("l2").size() == 2);
    });
}

TEST_CASE("sessions: joining again goes on from what the listener has") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const std::string id = wait((*a)->create_session(alice)).id;
        a->join(id, "l1");
        wait((*a)->publish(id, "host", "e", nullptr));
        a->hear("l1", "1 e");
        a->join(id, "l1", 0);
        wait((*a)->publish(id, "host", "e", nullptr));
        CHECK(a->hear("l1", "2 e") == texts{"at 0", "1 e", "at 1 missed 1", "2 e"});
    });
}

TEST_CASE("sessions: who joins again and is refused goes on as before, and misses nothing") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.flaky_instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        wait((*a)->publish(id, "host", "e", nullptr));
        b->hear("l1", "1 e");
        cluster.flaky.slow = true;
        auto joined = begin((*b)->join({.session_id = id, .listener = "l1", .last_seq = 0}));
        wait((*a)->publish(id, "host", "meanwhile", nullptr));
        cluster.flaky.away = true;
        cluster.flaky.hurry(); // the session is found, but what was missed is not
        CHECK(code_of([&] { joined.get(); }) == "no answer");
        cluster.flaky.away = false;
        wait((*a)->publish(id, "host", "e", nullptr));
        CHECK(b->hear("l1", "3 e") == texts{"at 0", "1 e", "2 meanwhile", "3 e"});
    });
}

TEST_CASE("sessions: a new listener who is refused listens to nothing") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.flaky_instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        cluster.flaky.slow = true;
        auto joined = begin((*b)->join({.session_id = id, .listener = "l1"}));
        cluster.flaky.away = true;
        cluster.flaky.hurry(); // the session is found, and cannot be opened
        CHECK(code_of([&] { joined.get(); }) == "no answer");
        CHECK((*b)->counters().listeners == 0);
    });
}

TEST_CASE("sessions: who leaves or is gone while the session is looked up does not come in") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.flaky_instance("b");
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
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.flaky_instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        cluster.flaky.slow = true;
        const session_join what{
            .session_id = id, .listener = "l1", .welcome = [](const session_joined&) {}};
        auto first = begin((*b)->join(what));
        (*b)->leave(id, "l1");
        auto second = begin((*b)->join(what));
        cluster.flaky.hurry();
        CHECK(code_of([&] { first.get(); }) == "BAD_REQUEST");
        CHECK(code_of([&] { second.get(); }).empty());
        CHECK((*b)->counters().listeners == 1);
        wait((*a)->publish(id, "host", "e", nullptr));
        CHECK(b->hear("l1", "1 e") == texts{"1 e"});
    });
}

} // namespace sockeye::app
