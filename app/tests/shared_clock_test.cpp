#include "support/clock_cluster.hpp"

#include <limits>

namespace sockeye::app {

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
        cluster.play(*a, "s");
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

TEST_CASE("shared clock: while the store is away nothing ticks, and then it goes on in step") {
    over_each_store([](service_world& world) {
        clock_cluster cluster(world);
        const auto a = cluster.flaky_instance("a");
        a->join("s", "m");
        cluster.play(*a, "s");
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
