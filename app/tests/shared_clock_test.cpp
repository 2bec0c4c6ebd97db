#include "support/flaky_store.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/shared_clock.hpp>

#include <algorithm>
#include <mutex>
#include <thread>

namespace sockeye::app {

namespace {

using texts = std::vector<std::string>;

/// An instance with its members, and what each of them was told: "at 0 stopped", "tick 100",
/// "plays from 0", "stopped at 100".
class clock_instance final : public clock_audience {
public:
    clock_instance(const context& on, const clock_options& options) : service_(on, *this, options) {
        std::promise<void> ready;
        service_.start([&] { ready.set_value(); });
        REQUIRE(ready.get_future().wait_for(30s) == std::future_status::ready);
    }

    shared_clock* operator->() { return &service_; }

    void join(const std::string& session, const std::string& member) {
        wait(service_.join(joining(session, member)));
        await([&] { return !told(member).empty(); });
    }
    /// Notes its welcome.
    clock_join joining(const std::string& session, const std::string& member) {
        return {.session_id = session,
                .member = member,
                .welcome = [this, member](const clock_state& state) {
                    add({member}, "joins, " + text(state));
                }};
    }

    texts told(const std::string& member) {
        const std::lock_guard lock(mutex_);
        return told_[member];
    }
    /// Waits until so much was told, gives it away, and forgets it.
    texts hear(const std::string& member, std::size_t count) {
        await([&] { return told(member).size() >= count; });
        const std::lock_guard lock(mutex_);
        return std::exchange(told_[member], {});
    }

    template<class Condition>
    static void await(Condition holds) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        while (!holds()) {
            const bool in_time = std::chrono::steady_clock::now() < deadline; // not each is counted
            if (!in_time) FAIL("what was waited for has not come");
            std::this_thread::yield();
        }
    }

private:
    static std::string text(const clock_state& state) {
        return (state.is_playing ? "plays at " : "stopped at ") +
               std::to_string(state.position.count());
    }
    void add(const members& who, const std::string& what) {
        const std::lock_guard lock(mutex_);
        for (const std::string& one : who)
            told_[one].push_back(what);
    }
    void on_state(const members& who, const clock_state& state) override { add(who, text(state)); }
    void on_tick(const members& who, const clock_tick& tick) override {
        add(who, "tick " + std::to_string(tick.position.count()));
    }

    std::mutex mutex_;
    std::map<std::string, texts> told_;
    shared_clock service_;
};

texts ticks(int first, int last) {
    texts all;
    for (int at = first; at <= last; at += 100)
        all.push_back("tick " + std::to_string(at));
    return all;
}

struct clock_cluster {
    explicit clock_cluster(service_world& in) : world(in), flaky(in.state(), in.shards) {}

    /// Knows of those before it.
    std::unique_ptr<clock_instance> instance(const std::string& node) {
        return started(world.instance(node));
    }
    std::unique_ptr<clock_instance> flaky_instance(const std::string& node) {
        const context on = world.instance(node);
        return started({flaky, on.shards, on.now, on.node, on.log});
    }
    /// Its timers stand still unless `hung` passes time.
    std::unique_ptr<clock_instance> hanging_instance(const std::string& node) {
        const context on = world.instance(node);
        return started({on.state, hung, on.now, on.node, on.log});
    }

    /// The instance ticks so many sessions.
    static void await_ticked(clock_instance& at, std::size_t count) {
        clock_instance::await([&] { return at->counters().ticked == count; });
    }
    std::optional<std::string> timing_field(const std::string& session, const std::string& name) {
        return commit(world.state(), transaction().get_field("timing:" + session, name))
            .replies[0]
            .text;
    }
    std::string now() { return std::to_string(world.shards.now().count()); }

    service_world& world;
    testing::flaky_store flaky;
    testing::manual_shards hung;
    clock_options options;

private:
    std::unique_ptr<clock_instance> started(const context& on) {
        auto made = std::make_unique<clock_instance>(on, options);
        clock_instance::await([&] {
            const auto leases = commit(world.state(), transaction().members("clock:leases"));
            return std::ranges::count(leases.replies[0].items, on.node + "/1") == 1;
        });
        return made;
    }
};

} // namespace

TEST_CASE("shared clock: members at all instances hear every tick once, ten a second") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        a->join("s", "near");
        b->join("s", "far");
        CHECK(wait((*a)->start_playing("s")).is_playing);
        CHECK(a->hear("near", 2) == texts{"joins, stopped at 0", "plays at 0"});
        CHECK(b->hear("far", 2) == texts{"joins, stopped at 0", "plays at 0"});
        cluster.await_ticked(*a, 1);
        world.pass(10s);
        CHECK(a->hear("near", 100) == ticks(100, 10'000));
        CHECK(b->hear("far", 100) == ticks(100, 10'000));
        CHECK((*a)->counters().ticks == 100);
        CHECK((*b)->counters().ticks == 0);
    });
}

TEST_CASE("shared clock: the keys and the messages are those that others read") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        std::promise<std::string> heard;
        std::promise<void> ready;
        std::once_flag first;
        const auto subscription = world.state().subscribe(
            "tick:s",
            [&](std::string_view text) {
                std::call_once(first, [&] { heard.set_value(std::string(text)); });
            },
            [&] { ready.set_value(); });
        REQUIRE(ready.get_future().wait_for(30s) == std::future_status::ready);
        const std::string began = cluster.now();
        wait((*a)->start_playing("s", 92.5, 1500ms));
        CHECK(cluster.timing_field("s", "startTime") == began);
        CHECK(cluster.timing_field("s", "tempo") == "92.5");
        CHECK(cluster.timing_field("s", "isPlaying") == "true");
        CHECK(cluster.timing_field("s", "position") == "1500");
        const auto lives =
            commit(world.state(), transaction().time_left("session:s").time_left("timing:s"));
        for (const auto& left : lives.replies) {
            CHECK(left.number > milliseconds(59min).count());
            CHECK(left.number <= milliseconds(1h).count());
        }
        cluster.await_ticked(*a, 1);
        world.pass(100ms);
        auto text = heard.get_future();
        REQUIRE(text.wait_for(30s) == std::future_status::ready);
        CHECK(text.get() == R"({"sessionId":"s","positionMs":1600,"timestamp":)" +
                                std::to_string(std::stoll(began) + 100) + "}");
        wait((*a)->stop_playing("s"));
        CHECK(cluster.timing_field("s", "isPlaying") == "false");
        world.state().unsubscribe(subscription);
    });
}

TEST_CASE("shared clock: stopping keeps the position, and so does another tempo") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        wait((*a)->start_playing("s"));
        world.pass(1234ms);
        const clock_state stopped = wait((*b)->stop_playing("s"));
        CHECK(stopped.position == 1234ms);
        CHECK_FALSE(stopped.is_playing);
        world.pass(5s);
        CHECK(wait((*a)->get("s")).position == 1234ms);
        CHECK(wait((*b)->start_playing("s")).position == 1234ms);
        world.pass(1s);
        const clock_state faster = wait((*a)->set_tempo("s", 180));
        CHECK(faster.position == 2234ms);
        CHECK(faster.tempo == 180);
        world.pass(1s);
        CHECK(wait((*b)->get("s")).position == 3234ms);
        CHECK(wait((*b)->seek("s", 10ms)).is_playing);
        world.pass(1s);
        CHECK(wait((*a)->get("s")).position == 1010ms);
        CHECK(wait((*a)->start_playing("s", 60, 0ms)).position == 0ms);
        CHECK(wait((*a)->get("none")).tempo == 120);
    });
}

TEST_CASE("shared clock: ticks go on in step through changes, and end with the last") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        b->join("s", "m");
        wait((*a)->start_playing("s"));
        cluster.await_ticked(*a, 1);
        world.pass(330ms);
        CHECK(b->hear("m", 5) ==
              texts{"joins, stopped at 0", "plays at 0", "tick 100", "tick 200", "tick 300"});
        wait((*b)->set_tempo("s", 90));
        CHECK(b->hear("m", 1) == texts{"plays at 330"});
        world.pass(100ms);
        CHECK(b->hear("m", 1) == texts{"tick 400"});
        wait((*b)->seek("s", 7000ms));
        b->hear("m", 1);
        world.pass(200ms);
        CHECK(b->hear("m", 2) == ticks(7100, 7200));
        wait((*b)->stop_playing("s"));
        CHECK(b->hear("m", 1) == texts{"stopped at 7200"});
        cluster.await_ticked(*a, 0);
        world.pass(10s);
        CHECK(b->told("m").empty());
    });
}

TEST_CASE("shared clock: when the instance that ticks dies, another goes on within 2 s") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        const auto c = cluster.instance("c");
        c->join("s", "m");
        wait((*a)->start_playing("s"));
        cluster.await_ticked(*a, 1);
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
        // Redis counts the time that the test itself takes too.
        cluster.options.lease = 10s;
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
        world.pass(11s);
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
        wait((*a)->start_playing("s"));
        cluster.await_ticked(*a, 1);
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
        wait((*a)->start_playing("s"));
        cluster.await_ticked(*a, 1);
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

TEST_CASE("shared clock: of changes at once none is lost") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        b->join("s", "m");
        auto tempos = std::async(std::launch::async, [&] {
            for (int i = 1; i <= 50; ++i)
                wait((*a)->set_tempo("s", 100 + i));
        });
        for (int i = 1; i <= 50; ++i)
            wait((*b)->seek("s", milliseconds(i)));
        tempos.get();
        const clock_state last = wait((*a)->get("s"));
        CHECK(last.tempo == 150);
        CHECK(last.position == 50ms);
        clock_instance::await([&] { return b->told("m").size() >= 101; });
        CHECK(b->told("m").back() == "stopped at 50");
    });
}

TEST_CASE("shared clock: who joins is told where it is, and what comes after that") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        wait((*a)->start_playing("s"));
        cluster.await_ticked(*a, 1);
        world.pass(250ms);
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

TEST_CASE("shared clock: a session that nobody follows or changes ends after its life") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        cluster.options.life = 20s;
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        wait((*a)->start_playing("alone"));
        wait((*a)->start_playing("followed"));
        cluster.await_ticked(*a, 2);
        b->join("followed", "m");
        wait((*a)->write_data("alone", {{"song", "x"}}));
        world.pass(15s);
        CHECK(wait((*b)->read_data("alone")).at("song") == "x");
        world.pass(15s);
        cluster.await_ticked(*a, 1);
        CHECK(wait((*b)->read_data("alone")).empty());
        CHECK_FALSE(wait((*b)->get("alone")).is_playing);
        CHECK(wait((*b)->get("followed")).position == 30s);
        const auto owned = commit(world.state(), transaction().exists("timing:alone:owner"));
        CHECK(owned.replies[0].number == 0);
    });
}

TEST_CASE("shared clock: every write lets a session live on") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        cluster.options.life = 20s;
        const auto a = cluster.instance("a");
        wait((*a)->write_data("s", {{"song", "x"}}));
        for (int i = 0; i < 4; ++i) {
            world.pass(15s);
            wait((*a)->seek("s", 1s));
        }
        CHECK(wait((*a)->read_data("s")).at("song") == "x");
        for (int i = 0; i < 4; ++i) {
            world.pass(15s);
            wait((*a)->write_data("s", {{"song", "y"}}));
        }
        CHECK(wait((*a)->get("s")).position == 1s);
        CHECK(wait((*a)->read_data("s")).at("song") == "y");
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
            wait((*a)->start_playing("s"));
            cluster.await_ticked(*a, 1);
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
        wait((*a)->start_playing("s"));
        cluster.await_ticked(*a, 1);
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

TEST_CASE("shared clock: while the store is away nothing ticks, and then it goes on in step") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.flaky_instance("a");
        a->join("s", "m");
        wait((*a)->start_playing("s"));
        cluster.await_ticked(*a, 1);
        world.pass(500ms);
        a->hear("m", 7);
        cluster.flaky.away = true;
        CHECK(code_of([&] { wait((*a)->seek("s", 1s)); }) == "no answer");
        CHECK(code_of([&] { wait((*a)->get("s")); }) == "no answer");
        CHECK(code_of([&] { a->join("other", "m"); }) == "no answer");
        CHECK((*a)->counters().followed == 1);
        world.pass(5s);
        CHECK(a->told("m").empty());
        cluster.flaky.away = false;
        world.pass(1500ms);
        const texts heard = a->hear("m", 1);
        const int resumed = std::stoi(heard.front().substr(5));
        CHECK(resumed <= 7000);
        clock_instance::await([&] { return (*a)->counters().ticked == 1; });
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

TEST_CASE("shared clock: ticks that the store does not take in time are dropped") {
    over_each_store([](service_world& world) {
        class stuck_store final : public store {
        public:
            stuck_store(store& to, engineio::shards& shards) : to_(to), unanswered(shards) {}
            pending<store_result> commit(transaction what) override {
                const bool is_tick = what.steps().back().verb == store_verb::publish &&
                                     what.steps().back().key.starts_with("tick:");
                return is_tick ? unanswered.answer() : to_.commit(std::move(what));
            }
            subscription_id subscribe(std::string channel, message_handler handler,
                                      std::function<void()> ready) override {
                return to_.subscribe(std::move(channel), std::move(handler), std::move(ready));
            }
            void unsubscribe(subscription_id which) override { to_.unsubscribe(which); }
            void close() override {}
            [[nodiscard]] store_health health() const override { return {}; }

        private:
            store& to_;

        public:
            socketio::resolver<store_result> unanswered;
        };
        clock_cluster cluster(world);
        cluster.options.max_unanswered = 1;
        stuck_store stuck(world.state(), world.shards);
        const context on = world.instance("a");
        clock_instance a({stuck, on.shards, on.now, on.node, on.log}, cluster.options);
        wait(a->start_playing("s"));
        cluster.await_ticked(a, 1);
        world.pass(500ms);
        CHECK(a->counters().skipped == 4);
        stuck.unanswered.resolve({.applied = true});
        CHECK(a->counters().ticks == 1);
    });
}

TEST_CASE("shared clock: what is beyond a limit is refused") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        cluster.options = {.max_joined = 1};
        const auto a = cluster.instance("a");
        const auto refuses = [](const std::function<void()>& call) {
            CHECK(code_of(call) == "BAD_REQUEST");
        };
        for (const char* session : {"", "meta:x", "a\nb"}) {
            refuses([&] { wait((*a)->start_playing(session)); });
            refuses([&] { a->join(session, "m"); });
            refuses([&] { wait((*a)->write_data(session, {{"k", "v"}})); });
        }
        for (const double tempo : {0.0, -1.0, 1e9, std::numeric_limits<double>::quiet_NaN()}) {
            refuses([&] { wait((*a)->set_tempo("s", tempo)); });
            refuses([&] { wait((*a)->start_playing("s", tempo)); });
        }
        refuses([&] { wait((*a)->seek("s", -1ms)); });
        refuses([&] { wait((*a)->seek("s", 24h * 365)); });
        refuses([&] { wait((*a)->write_data("s", {})); });
        refuses([&] { wait((*a)->write_data("s", {{"k", std::string(2000, 'x')}})); });
        refuses([&] { a->join("s", ""); });
        a->join("s", "m");
        refuses([&] { a->join("s2", "m"); });
        CHECK((*a)->counters().followed == 1);
        CHECK(commit(world.state(), transaction().exists("timing:s")).replies[0].number == 0);
    });
}

} // namespace sockeye::app
