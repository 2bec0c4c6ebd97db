#include "support/flaky_store.hpp"
#include "support/log_world.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/sessions.hpp>

#include <algorithm>
#include <mutex>
#include <thread>

namespace sockeye::app {

namespace {

using texts = std::vector<std::string>;

/// An instance with its listeners, and what each of them was told: "3 text", "lost 1-2",
/// "ended closed".
class session_instance final : public session_audience {
public:
    session_instance(const context& on, const session_options& options, event_log* history = {})
        : service_(on, *this, options, history) {
        service_.start();
    }

    sessions* operator->() { return &service_; }

    /// Joins; what the listener is welcomed with is noted too: "at 4 missed 3 4".
    session_joined join(const std::string& session, const std::string& listener,
                        std::optional<std::uint64_t> last_seq = {}) {
        return join({.session_id = session, .listener = listener, .last_seq = last_seq});
    }
    session_joined join(session_join what) {
        auto joined = std::make_shared<std::promise<session_joined>>();
        what.welcome = [this, joined, who = what.listener](const session_joined& got) {
            std::string note = "at " + std::to_string(got.seq);
            if (!got.missed.empty()) note += " missed";
            for (const auto& event : got.missed)
                note += ' ' + std::to_string(event->seq);
            add({who}, note);
            joined->set_value(got);
        };
        wait(service_.join(std::move(what)));
        return joined->get_future().get();
    }

    texts told(const std::string& listener) {
        const std::lock_guard lock(mutex_);
        return told_[listener];
    }
    /// Waits until that is the last that the listener was told; gives away all.
    texts hear(const std::string& listener, const std::string& last) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (told(listener).empty() || told(listener).back() != last) {
            if (std::chrono::steady_clock::now() > deadline) break;
            std::this_thread::yield();
        }
        return told(listener);
    }

private:
    void add(const connections& who, const std::string& what) {
        const std::lock_guard lock(mutex_);
        for (const std::string& one : who)
            told_[one].push_back(what);
    }
    void on_event(const connections& who, const session_event& event) override {
        add(who, std::to_string(event.seq) + ' ' + event.type);
    }
    void on_lost(const connections& who, const std::string&, std::uint64_t first,
                 std::uint64_t last) override {
        add(who, "lost " + std::to_string(first) + '-' + std::to_string(last));
    }
    void on_ended(const connections& who, const std::string&, const std::string& reason) override {
        add(who, "ended " + reason);
    }

    std::mutex mutex_;
    std::map<std::string, texts> told_;
    sessions service_;
};

struct session_cluster {
    explicit session_cluster(service_world& in) : world(in), flaky(in.state(), in.shards) {}

    std::unique_ptr<session_instance> instance(const std::string& node) {
        return std::make_unique<session_instance>(world.instance(node), options, log.get());
    }
    std::unique_ptr<session_instance> flaky_instance(const std::string& node) {
        const context on = world.instance(node);
        return std::make_unique<session_instance>(
            context{flaky, on.shards, on.now, on.node, on.log}, options, log.get());
    }
    /// Its timers stand still unless `hung` passes time.
    std::unique_ptr<session_instance> hanging_instance(const std::string& node) {
        const context on = world.instance(node);
        return std::make_unique<session_instance>(context{on.state, hung, on.now, on.node, on.log},
                                                  options);
    }
    /// An event that is in the store, and was published, but reached nobody.
    void lose(const std::string& session, std::uint64_t seq) {
        const std::string text = R"({"sessionId":")" + session + R"(","seq":)" +
                                 std::to_string(seq) + R"(,"type":"e","timestamp":1})";
        commit(world.state(),
               transaction()
                   .set_field("session:events:" + session, std::to_string(seq), text)
                   .set_field("session:meta:" + session, "seq", std::to_string(seq)));
    }
    std::optional<std::string> field(const std::string& session, const std::string& name) {
        return commit(world.state(), transaction().get_field("session:meta:" + session, name))
            .replies[0]
            .text;
    }
    /// As "1 type", from the event log.
    texts logged(const std::string& session) {
        texts found;
        for (const logged_event& event : wait(log->events(session_log_name(session))))
            found.push_back(std::to_string(event.sequence_number) + ' ' + event.type);
        return found;
    }
    bool exists(const std::string& key) {
        return commit(world.state(), transaction().exists(key)).replies[0].number == 1;
    }

    service_world& world;
    testing::flaky_store flaky;
    testing::manual_shards hung;
    session_options options;
    std::unique_ptr<event_log> log; // null: there is none
};

const session_host alice{.user = "alice", .connection = "host"};

std::string code_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const service_error& error) {
        return error.code;
    } catch (const socketio::operation_error&) {
        return "no answer";
    }
    return "";
}

} // namespace

TEST_CASE("sessions: listeners join by code at any instance and hear the host in order") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
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
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        const session_info made = wait((*a)->create_session(alice, "de"));
        std::promise<std::string> heard;
        std::promise<void> ready;
        const auto subscription = world.state().subscribe(
            "channel:session:" + made.id,
            [&](std::string_view text) { heard.set_value(std::string(text)); },
            [&] { ready.set_value(); });
        REQUIRE(ready.get_future().wait_for(30s) == std::future_status::ready);

        const auto kept = commit(world.state(), transaction()
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
        CHECK(cluster.field(made.id, "createdAt") == std::to_string(world.shards.now().count()));

        wait((*a)->publish(made.id, "host", "text", "hi"));
        auto text = heard.get_future();
        REQUIRE(text.wait_for(30s) == std::future_status::ready);
        CHECK(text.get() == R"({"sessionId":")" + made.id +
                                R"(","seq":1,"type":"text","data":"hi","timestamp":)" +
                                std::to_string(world.shards.now().count()) + "}");
        world.state().unsubscribe(subscription);
    });
}

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

TEST_CASE("sessions: closing tells everybody once, and nobody can join any more") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
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

        world.pass(90s);
        CHECK_FALSE(cluster.exists("session:host:" + made.id + ":heartbeat"));
        CHECK(a->told("near").size() == 3);
        CHECK(b->told("far").size() == 3);
        CHECK(a->told("host").empty());
        CHECK((*a)->counters().hosted == 0);
        CHECK((*b)->counters().listened == 0);
    });
}

TEST_CASE("sessions: a session is found at its host's instance, and as a stub elsewhere") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
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
        std::promise<session_info> made;
        socketio::start(detail::finish((*a)->create_session(alice), made),
                        [](const std::exception_ptr&) {});
        (*a)->disconnect("host");
        cluster.flaky.hurry();
        const std::string id = made.get_future().get().id;
        CHECK(wait((*a)->get_session(id)).status == "active");
        world.pass(11s);
        CHECK(code_of([&] { wait((*a)->get_session(id)); }) == "SESSION_ENDED");
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
        std::vector<std::promise<std::uint64_t>> published(6);
        for (std::size_t i = 0; i < published.size(); ++i)
            socketio::start(
                detail::finish((*a)->publish(id, "host", std::to_string(i), 1), published[i]),
                [](const std::exception_ptr&) {});
        cluster.flaky.hurry();
        for (std::size_t i = 0; i < 4; ++i)
            CHECK(published[i].get_future().get() == i + 1);
        for (std::size_t i = 4; i < 6; ++i)
            CHECK(code_of([&] { published[i].get_future().get(); }) == "UNAVAILABLE");
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

TEST_CASE("sessions: a session lives for a day") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.options.life = 30s;
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const session_info made = wait((*a)->create_session(alice));
        b->join(made.id, "l1");
        world.pass(41s); // the host's instance looks every 20 s
        CHECK(b->hear("l1", "ended expired") == texts{"at 0", "ended expired"});
        CHECK(a->hear("host", "ended expired") == texts{"ended expired"});
        CHECK(code_of([&] { b->join({.code = made.code, .listener = "l"}); }) ==
              "SESSION_NOT_FOUND");
        world.pass(1min);
        CHECK_FALSE(cluster.exists("session:host:" + made.id + ":heartbeat"));
        CHECK((*a)->counters().hosted == 0);
    });
}

TEST_CASE("sessions: while the store is away everything fails at once, and then goes on") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.flaky_instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        cluster.flaky.away = true;
        CHECK(code_of([&] { wait((*a)->create_session(alice)); }) == "no answer");
        CHECK(code_of([&] { wait((*a)->publish(id, "host", "e", 1)); }) == "no answer");
        CHECK(code_of([&] { wait((*a)->close_session(id, "host")); }) == "no answer");
        CHECK(code_of([&] { a->join(id, "l"); }) == "no answer");
        CHECK((*a)->counters().listeners == 0);
        CHECK((*a)->counters().hosted == 1);
        world.pass(63s); // the heartbeat has lapsed
        CHECK(code_of([&] { b->join(id, "l2"); }) == "HOST_OFFLINE");
        cluster.flaky.away = false;
        world.pass(3s);
        CHECK(b->join(id, "l2").seq == 0);
        CHECK(wait((*a)->publish(id, "host", "e", 1)) == 1);
        CHECK(b->hear("l1", "1 e") == texts{"at 0", "1 e"});
    });
}

TEST_CASE("sessions: an event whose answer is lost is neither lost nor counted twice") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.flaky_instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice)).id;
        b->join(id, "l1");
        wait((*a)->publish(id, "host", "e", 1));
        cluster.flaky.loses_answers = true;
        CHECK(code_of([&] { wait((*a)->publish(id, "host", "unsure", 1)); }) == "no answer");
        cluster.flaky.loses_answers = false;
        CHECK(wait((*a)->publish(id, "host", "e", 1)) == 3);
        CHECK(b->hear("l1", "3 e") == texts{"at 0", "1 e", "2 unsure", "3 e"});
    });
}

TEST_CASE("sessions: a channel that cannot be subscribed to fails the joining after a while") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.flaky_instance("a");
        const std::string id = wait((*a)->create_session(alice)).id;
        cluster.flaky.deaf = true;
        std::promise<void> done;
        auto joined = done.get_future();
        socketio::start(
            detail::finish((*a)->join({.session_id = id, .listener = "l", .welcome = {}}), done),
            [](const std::exception_ptr&) {});
        world.pass(4s);
        CHECK((*a)->counters().listeners == 1);
        world.pass(2s);
        CHECK(code_of([&] { joined.get(); }) == "no answer");
        CHECK((*a)->counters().listened == 0);
        cluster.flaky.deaf = false;
        CHECK(a->join(id, "l").seq == 0);
    });
}

TEST_CASE("sessions: what is beyond a limit is refused, and costs nothing") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.options = {.max_event_bytes = 300, .max_hosted = 2, .max_joined = 1};
        const auto a = cluster.instance("a");
        const std::string id = wait((*a)->create_session(alice)).id;
        const std::string second = wait((*a)->create_session(alice)).id;
        const auto refuses = [](const std::function<void()>& call) {
            CHECK(code_of(call) == "BAD_REQUEST");
        };
        refuses([&] { wait((*a)->create_session(alice)); });
        const session_host other{.user = "bob", .connection = "other"};
        refuses([&] { wait((*a)->create_session(other, {}, {{"status", "ended"}})); });
        refuses([&] { wait((*a)->create_session(other, {}, {{"k", std::string(2000, 'x')}})); });
        refuses([&] { wait((*a)->create_session(other, std::string(200, 'x'))); });
        refuses([&] { wait((*a)->create_session({.user = "bob", .connection = ""})); });
        refuses([&] { wait((*a)->publish(id, "host", "", 1)); });
        refuses([&] { wait((*a)->publish(id, "host", "session:ended", 1)); });
        refuses([&] { wait((*a)->publish(id, "host", "e", std::string(400, 'x'))); });
        CHECK(wait((*a)->publish(id, "host", "e", 1)) == 1);
        a->join(id, "l1");
        refuses([&] { a->join(second, "l1"); });
        refuses([&] { a->join(id, ""); });
        CHECK((*a)->counters().listeners == 1);
    });
}

TEST_CASE("sessions: a Node host that keeps no count is heard from whatever it says first") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        commit(world.state(), transaction()
                                  .set_field("session:meta:n", "hostNodeId", "node-1")
                                  .set_field("session:meta:n", "status", "active")
                                  .set("session:host:n:heartbeat", "1", 60s));
        a->join("n", "l1");
        for (const char* seq : {"7", "8"})
            commit(world.state(),
                   transaction().publish("channel:session:n", R"({"sessionId":"n","seq":)" +
                                                                  std::string(seq) +
                                                                  R"(,"type":"e","data":1})"));
        CHECK(a->hear("l1", "8 e") == texts{"at 0", "7 e", "8 e"});
        SUBCASE("it closes the session") {
            commit(world.state(), transaction()
                                      .erase("session:host:n:heartbeat")
                                      .set_field("session:meta:n", "status", "ended"));
            world.pass(6s);
            CHECK(a->hear("l1", "ended closed").size() == 4);
        }
        SUBCASE("it dies") {
            world.pass(71s);
            CHECK(a->hear("l1", "ended host lost").size() == 4);
            CHECK(cluster.field("n", "status") == "ended");
        }
    });
}

// ---- sessions with history

TEST_CASE("sessions: with history every event is in the log under its number, past the window") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.options.kept_events = 2;
        cluster.log = sqlite_event_log(world.shards);
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
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.log = sqlite_event_log(world.shards);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice, {}, {}, true)).id;
        wait((*a)->publish(id, "host", "at a", nullptr));
        CHECK(wait((*b)->resume_session(id, {"alice", "host at b"})) == 1);
        CHECK(wait((*b)->publish(id, "host at b", "at b", nullptr)) == 2);
        CHECK(cluster.logged(id) == texts{"1 at a", "2 at b"});
    });
}

TEST_CASE("sessions: an event that is logged but cannot be published is lost, and in the log") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.log = sqlite_event_log(world.shards);
        const auto a = cluster.flaky_instance("a");
        const auto b = cluster.instance("b");
        const std::string id = wait((*a)->create_session(alice, {}, {}, true)).id;
        b->join(id, "l1");
        cluster.flaky.away = true;
        CHECK(code_of([&] { wait((*a)->publish(id, "host", "unheard", nullptr)); }) == "no answer");
        cluster.flaky.away = false;
        CHECK(wait((*a)->publish(id, "host", "heard", nullptr)) == 2);
        CHECK(b->hear("l1", "2 heard") == texts{"at 0", "lost 1-1", "2 heard"});
        CHECK(cluster.logged(id) == texts{"1 unheard", "2 heard"});
    });
}

TEST_CASE("sessions: an event that the log does not take is not published") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.log = sqlite_event_log(world.shards);
        const auto a = cluster.instance("a");
        const std::string id = wait((*a)->create_session(alice, {}, {}, true)).id;
        a->join(id, "l1");
        const std::string large(cluster.options.max_event_bytes, 'x');
        CHECK(code_of([&] { wait((*a)->publish(id, "host", "e", large)); }) == "BAD_REQUEST");
        CHECK(cluster.logged(id).empty());
        cluster.log->close();
        CHECK(code_of([&] { wait((*a)->publish(id, "host", "e", nullptr)); }) == "no answer");
        CHECK(cluster.field(id, "seq") == "0");
        CHECK(a->told("l1") == texts{"at 0"});
    });
}

TEST_CASE("sessions: of events that are too large for a session none is in the log") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.options.max_event_bytes = 1000;
        cluster.log = sqlite_event_log(world.shards);
        const auto a = cluster.instance("a");
        const std::string id = wait((*a)->create_session(alice, {}, {}, true)).id;
        const auto publish = [&](std::size_t size) {
            return code_of([&] { wait((*a)->publish(id, "host", "e", std::string(size, 'x'))); });
        };
        std::size_t size = cluster.options.max_event_bytes;
        while (size > 0 && publish(size) == "BAD_REQUEST")
            --size;
        CHECK(size > 800);
        CHECK(cluster.logged(id) == texts{"1 e"});
        CHECK(cluster.field(id, "seq") == "1");
    });
}

TEST_CASE("sessions: a log that has lost events is noticed, and nothing is numbered twice") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        cluster.log = sqlite_event_log(world.shards);
        const auto a = cluster.instance("a");
        const std::string id = wait((*a)->create_session(alice, {}, {}, true)).id;
        wait((*a)->publish(id, "host", "e", nullptr));
        wait((*a)->publish(id, "host", "e", nullptr));
        CHECK(wait(cluster.log->remove_inactive(std::chrono::hours(1'000'000))) == 1);
        CHECK_THROWS_AS(wait((*a)->publish(id, "host", "e", nullptr)), std::runtime_error);
        CHECK(cluster.field(id, "seq") == "2");
    });
}

TEST_CASE("sessions: without a log there is no history") {
    over_each_store([](service_world& world) {
        session_cluster cluster(world);
        const auto a = cluster.instance("a");
        CHECK(code_of([&] { wait((*a)->create_session(alice, {}, {}, true)); }) == "FORBIDDEN");
        CHECK(code_of([&] {
                  wait((*a)->create_session(alice, {}, {{"history", "true"}}));
              }) == "BAD_REQUEST");
    });
}

} // namespace sockeye::app
