#include "support/service_world.hpp"

#include <sockeye/app/transitions.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

namespace sockeye::app {

namespace {

using users = std::map<std::string, std::string>;

state_machine small() {
    return {.name = "small",
            .roles = {"a", "b"},
            .phases = {"open", "both", "closed"},
            .moves =
                {
                    {.name = "go", .from = {"open"}, .to = "both", .by = {"a"}, .emit = "gone"},
                    {.name = "agree",
                     .from = {"both"},
                     .to = "closed",
                     .by = {"a", "b"},
                     .by_all = true},
                    {.name = "expire", .from = {"open", "both"}, .to = "closed"},
                },
            .timeouts = {{.phase = "open", .after = 10s, .move = "expire"},
                         {.phase = "both", .after = 20s, .move = "expire"}}};
}

/// Instances of one cluster, and what each is told: "c1 1 create >open".
struct transition_cluster {
    explicit transition_cluster(service_world& in) : world(in) {}

    std::unique_ptr<transitions> instance(const std::string& node, transitions::action run = {}) {
        auto made = std::make_unique<transitions>(
            world.instance(node), std::vector{small()}, [this, node](const case_transition& news) {
                const std::lock_guard lock(mutex);
                told[node].push_back(news.id + " " + std::to_string(news.seq) + " " + news.move +
                                     " " + news.from + ">" + news.to +
                                     (news.by.empty() ? "" : " by " + news.by));
                emitted.insert(news.emit);
            });
        if (run) made->before_each(std::move(run));
        std::promise<void> ready;
        made->start([&ready] { ready.set_value(); });
        REQUIRE(ready.get_future().wait_for(30s) == std::future_status::ready);
        return made;
    }

    std::vector<std::string> hear(const std::string& node, std::size_t count) {
        const auto deadline = std::chrono::steady_clock::now() + 30s;
        for (;;) {
            {
                const std::lock_guard lock(mutex);
                if (told[node].size() >= count) return std::exchange(told[node], {});
            }
            REQUIRE(std::chrono::steady_clock::now() < deadline);
            std::this_thread::yield();
        }
    }

    service_world& world;
    std::mutex mutex;
    std::map<std::string, std::vector<std::string>> told;
    std::set<std::string> emitted;
};

std::string code_of(task<case_state> work) {
    try {
        wait(std::move(work));
    } catch (const service_error& error) {
        return error.code;
    }
    return "";
}

using texts = std::vector<std::string>;

} // namespace

TEST_CASE("transitions: a case goes through its phases, and every instance is told in order") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto b = cluster.instance("b");
        wait(a->create("c", "small", users{{"a", "ann"}, {"b", "bob"}}));
        CHECK(wait(b->move("c", "go", "ann")).phase == "both");
        CHECK(wait(a->move("c", "agree", "bob")).phase == "both");
        CHECK(wait(b->get("c")).agreed.at("agree") == texts{"b"});
        const auto closed = wait(b->move("c", "agree", "ann"));
        CHECK(closed.phase == "closed");
        CHECK(closed.seq == 4);
        CHECK_FALSE(closed.deadline);
        const texts news = {"c 1 create >open", "c 2 go open>both by ann",
                            "c 3 agree both>both by bob", "c 4 agree both>closed by ann"};
        CHECK(cluster.hear("a", 4) == news);
        CHECK(cluster.hear("b", 4) == news);
        CHECK(cluster.emitted == std::set<std::string>{"case:transition", "gone"});
    });
}

TEST_CASE("transitions: what is not allowed changes nothing") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        const auto a = cluster.instance("a");
        const auto create = [&](users parties) {
            return code_of(a->create("c", "small", std::move(parties)));
        };
        CHECK(create({{"a", "ann"}}) == "BAD_REQUEST");
        CHECK(create({{"a", "ann"}, {"b", "bob"}, {"c", "cid"}}) == "BAD_REQUEST");
        CHECK(code_of(a->create("c", "none", {})) == "MACHINE_NOT_FOUND");
        CHECK(create({{"a", "ann"}, {"b", "bob"}}) == "");
        CHECK(create({{"a", "ann"}, {"b", "bob"}}) == "CASE_EXISTS");
        CHECK(code_of(a->move("none", "go", "ann")) == "CASE_NOT_FOUND");
        CHECK(code_of(a->get("none")) == "CASE_NOT_FOUND");
        CHECK(code_of(a->move("c", "go", "bob")) == "FORBIDDEN");
        CHECK(code_of(a->move("c", "expire", "ann")) == "FORBIDDEN");
        CHECK(code_of(a->move("c", "agree", "ann")) == "MOVE_NOT_ALLOWED");
        CHECK(code_of(a->move("c", "fly", "ann")) == "MOVE_NOT_ALLOWED");
        CHECK(wait(a->get("c")).seq == 1);
        CHECK(code_of(a->move("c", "go", "ann")) == ""); // no lock was left behind
    });
}

TEST_CASE("transitions: a time-out fires on whatever instance is there, in time") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        auto first = cluster.instance("first");
        wait(first->create("c", "small", users{{"a", "ann"}, {"b", "bob"}}));
        cluster.hear("first", 1);
        first.reset(); // takes nothing along
        const auto second = cluster.instance("second");
        world.pass(9900ms);
        CHECK(wait(second->get("c")).phase == "open");
        world.pass(1s);
        CHECK(cluster.hear("second", 1) == texts{"c 2 expire open>closed"});
        CHECK(reply_to(world.state(), transaction().count_scored("court:timeouts")).number == 0);
    });
}

TEST_CASE("transitions: a move in time takes the phase's time-out away, and sets the next") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        const auto a = cluster.instance("a");
        wait(a->create("c", "small", users{{"a", "ann"}, {"b", "bob"}}));
        world.pass(9s);
        wait(a->move("c", "go", "ann"));
        wait(a->move("c", "agree", "ann")); // which prolongs nothing
        cluster.hear("a", 3);
        world.pass(19s);
        CHECK(wait(a->get("c")).phase == "both");
        world.pass(2s);
        CHECK(cluster.hear("a", 1) == texts{"c 4 expire both>closed"});
    });
}

TEST_CASE("transitions: of instances that race for time-outs each fires once") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        constexpr std::size_t cases = 200;
        std::atomic<int> acted = 0;
        const auto act = [&acted](case_state, case_transition news) -> task<> {
            if (news.move == "expire") ++acted;
            co_return;
        };
        const auto a = cluster.instance("a", act);
        const auto b = cluster.instance("b", act);
        const auto c = cluster.instance("c", act);
        for (std::size_t i = 0; i < cases; ++i)
            wait(a->create(std::to_string(i), "small", users{{"a", "ann"}, {"b", "bob"}}));
        cluster.hear("b", cases);
        for (int i = 0; i < 15; ++i)
            world.pass(1s);
        auto fired = cluster.hear("b", cases);
        CHECK(fired.size() == cases);
        std::ranges::sort(fired);
        CHECK(std::ranges::adjacent_find(fired) == fired.end());
        CHECK(acted == cases);
    });
}

TEST_CASE("transitions: what takes long with one time-out does not hold up the others") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        const socketio::resolver<bool> awake(world.shards);
        const auto a = cluster.instance("a", [&](case_state, case_transition news) -> task<> {
            if (news.id == "slow" && news.move == "expire") co_await awake.answer();
        });
        const users parties{{"a", "ann"}, {"b", "bob"}};
        wait(a->create("slow", "small", parties));
        world.pass(11s);
        wait(a->create("c", "small", parties));
        cluster.hear("a", 2);
        for (int i = 0; i < 22; ++i)
            world.pass(1s);
        CHECK(cluster.hear("a", 1) == texts{"c 2 expire open>closed"});
        awake.resolve(true);
    });
}

TEST_CASE("transitions: of many time-outs that are due none waits for the next look") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        constexpr std::size_t cases = 350; // more than are read at once
        const auto a = cluster.instance("a");
        for (std::size_t i = 0; i < cases; ++i)
            wait(a->create(std::to_string(i), "small", users{{"a", "ann"}, {"b", "bob"}}));
        cluster.hear("a", cases);
        world.pass(10s + 500ms);
        CHECK(cluster.hear("a", cases).size() == cases);
    });
}

TEST_CASE("transitions: a holder that sleeps past its lock's life cannot write any more") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        const socketio::resolver<bool> awake(world.shards);
        std::atomic<bool> asleep = false;
        const auto b = cluster.instance("b");
        const auto sleeper =
            cluster.instance("sleeper", [&](case_state, case_transition) -> task<> {
                asleep = true;
                co_await awake.answer();
            });
        wait(b->create("c", "small", users{{"a", "ann"}, {"b", "bob"}}));
        std::promise<std::string> ended;
        socketio::start(
            [](transitions& at, std::promise<std::string>& tell) -> task<> {
                std::string code = "moved";
                try {
                    co_await at.move("c", "go", "ann");
                } catch (const service_error& error) {
                    code = error.code;
                }
                tell.set_value(code);
            }(*sleeper, ended),
            [](const std::exception_ptr&) {});
        while (!asleep)
            std::this_thread::yield();
        CHECK(reply_to(world.state(), transaction().exists("court:lock:c:go")).number == 1);
        world.pass(6s);
        CHECK(wait(b->move("c", "go", "ann")).seq == 2);
        awake.resolve(true);
        auto end = ended.get_future();
        while (end.wait_for(0s) != std::future_status::ready)
            world.pass(20ms);
        CHECK(end.get() == "MOVE_NOT_ALLOWED"); // it looked again, and was too late
        CHECK(wait(b->get("c")).seq == 2);
    });
}

TEST_CASE("transitions: if what a move takes fails, nothing has happened") {
    over_each_store([](service_world& world) {
        transition_cluster cluster(world);
        bool fail = false;
        const auto a = cluster.instance("a", [&fail](case_state, case_transition) -> task<> {
            if (fail) throw service_error("NO_JUDGE", "there is no judge");
            co_return;
        });
        wait(a->create("c", "small", users{{"a", "ann"}, {"b", "bob"}}));
        fail = true;
        CHECK(code_of(a->move("c", "go", "ann")) == "NO_JUDGE");
        CHECK(wait(a->get("c")).seq == 1);
        fail = false;
        CHECK(wait(a->move("c", "go", "ann")).seq == 2);
    });
}

} // namespace sockeye::app
