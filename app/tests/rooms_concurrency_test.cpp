// Rooms that several change at once.

#include "support/delayed_store.hpp"
#include "support/room_requests.hpp"

#include <sockeye/app/rooms.hpp>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>
#include <vector>

namespace sockeye::app {

namespace {

using socketio::object;
using socketio::value;

/// Lets time pass as it does outside.
class running_clock {
public:
    explicit running_clock(service_world& in)
        : thread_([&in](const std::stop_token& ended) {
              std::mutex mutex;
              std::unique_lock lock(mutex);
              std::condition_variable_any ticked;
              while (!ended.stop_requested()) {
                  ticked.wait_for(lock, ended, 1ms, [] { return false; });
                  in.shards.pass(1ms);
              }
          }) {}

private:
    std::jthread thread_;
};

/// Another instance is quicker, so many times: adds "quick1", "quick2", …
delayed_store::delay races(rooms& quick, int times, int& lost) {
    return [&quick, times, &lost](bool has_conditions) -> task<> {
        if (has_conditions && lost < times)
            co_await quick.add_user("r", "quick" + std::to_string(++lost));
    };
}

/// Keeps the first transaction until it is opened.
struct gate {
    explicit gate(service_world& in) : opened(in.shards) {}
    delayed_store::delay delay() {
        return [this](bool) -> task<> {
            if (!std::exchange(used, true)) co_await opened.answer();
        };
    }
    void open() { opened.resolve(true); }

    socketio::resolver<bool> opened;
    bool used = false;
};

} // namespace

TEST_CASE("rooms: whoever was slower tries again upon what is there") {
    over_each_store([](service_world& world) {
        const running_clock clock(world);
        rooms quick(world.instance("quick"), {});
        int lost = 0;
        delayed_store slow(world, races(quick, 3, lost));
        rooms service(over(slow, world), {});
        const object room = wait(service.add_user("r", "slow"));
        CHECK(users_in(room) == texts{"quick1", "quick2", "quick3", "slow"});
        CHECK(users_in(wait(quick.get("r"))) == users_in(room));
    });
}

TEST_CASE("rooms: whoever wrote last writes again without reading; others are noticed") {
    over_each_store([](service_world& world) {
        std::atomic<int> asked = 0;
        delayed_store state(world, [&asked](bool) -> task<> {
            ++asked;
            co_return;
        });
        rooms service(over(state, world), {});
        rooms other(world.instance("other"), {});
        wait(service.add_user("r", "ann"));
        world.settle(); // a new room makes it forget old ones
        asked = 0;
        wait(service.add_user("r", "bob"));
        CHECK(asked == 1);
        wait(other.add_user("r", "cleo"));
        asked = 0;
        const object room = wait(service.add_user("r", "dan"));
        CHECK(users_in(room) == texts{"ann", "bob", "cleo", "dan"});
        CHECK(asked == 3); // in vain, read, written
        wait(other.remove_user("r", "dan"));
        CHECK(code_of(service.set_sharing("r", "dan", true)) == "FORBIDDEN"); // by what there is
        CHECK(users_in(wait(service.add_user("r", "dan"))) == users_in(room));
    });
}

TEST_CASE("rooms: whoever is always slower gives up with an error") {
    over_each_store([](service_world& world) {
        const running_clock clock(world);
        rooms quick(world.instance("quick"), {});
        int lost = 0;
        delayed_store slow(world, races(quick, 1000, lost));
        rooms service(over(slow, world), {}, {.attempts = 5});
        CHECK(code_of(service.add_user("r", "slow")) == "CONFLICT");
        CHECK(lost == 5);
    });
}

TEST_CASE("rooms: changes that come together are written together, each with its own end") {
    over_each_store([](service_world& world) {
        gate first(world);
        delayed_store state(world, first.delay());
        int writes = 0;
        rooms service(over(state, world), [&](const object&) { ++writes; });
        std::vector<std::future<object>> ends;
        for (std::size_t i = 0; i < 100; ++i)
            ends.push_back(begin(service.add_user("r", "u" + std::to_string(i))));
        ends.push_back(begin(service.set_sharing("r", "u0", true)));
        ends.push_back(begin(service.set_sharing("r", "u1", true)));
        first.open();
        CHECK_THROWS_AS(ends.back().get(), service_error); // u0 shares
        ends.pop_back();
        for (std::size_t i = 1; i < ends.size(); ++i)
            CHECK(users_in(ends[i].get()).size() == 100);
        CHECK(users_in(ends[0].get()) == texts{"u0"}); // was on its way alone
        CHECK(writes == 2);
    });
}

TEST_CASE("rooms: when the service ends, nobody is left waiting") {
    over_each_store([](service_world& world) {
        gate first(world);
        delayed_store state(world, first.delay());
        int told = 0;
        auto service = std::make_unique<rooms>(over(state, world), [&](const object&) { ++told; });
        auto on_its_way = begin(service->add_user("r", "alice"));
        auto waiting = begin(service->add_user("r", "bob"));
        service.reset();
        CHECK_THROWS_AS(waiting.get(), socketio::operation_error);
        first.open();
        CHECK(users_in(on_its_way.get()) == texts{"alice"});
        CHECK(told == 0);
    });
}

TEST_CASE("rooms: instances that change one room at once lose no update") {
    over_each_store([](service_world& world) {
        const running_clock clock(world);
        constexpr int instances = 4;
        constexpr int users = 50;
        std::vector<std::thread> threads;
        for (int i = 0; i < instances; ++i)
            threads.emplace_back([&world, node = "n" + std::to_string(i)] {
                rooms service(world.instance(node), {}, {.mode = sharing_mode::many});
                for (int u = 0; u < users; ++u) {
                    const std::string user = node + "u" + std::to_string(u);
                    wait(service.add_user("r", user));
                    wait(service.set_sharing("r", user, true));
                    if (u % 2 == 1) wait(service.remove_user("r", user));
                }
            });
        for (auto& thread : threads)
            thread.join();
        const object room = wait(rooms(world.instance(), {}).get("r"));
        CHECK(users_in(room).size() == instances * users / 2);
        CHECK(room.find("sharing")->as_array().size() == instances * users / 2);
    });
}

TEST_CASE("rooms: threads that change one room through one instance lose no update") {
    over_each_store([](service_world& world) {
        rooms service(world.instance(), {});
        std::vector<std::thread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&service, t] {
                for (int u = 0; u < 50; ++u)
                    wait(service.add_user("r", std::to_string(100 * t + u)));
            });
        for (auto& thread : threads)
            thread.join();
        const auto present = users_in(wait(service.get("r")));
        CHECK(std::set<std::string>(present.begin(), present.end()).size() == 200);
    });
}

TEST_CASE("rooms: no more changes wait than may") {
    over_each_store([](service_world& world) {
        gate first(world);
        delayed_store state(world, first.delay());
        rooms service(over(state, world), {}, {.max_waiting = 2});
        std::future<object> ends[] = {begin(service.add_user("r", "a")),
                                      begin(service.add_user("r", "b"))};
        const auto add_third = [&] { static_cast<void>(service.add_user("r", "c")); };
        CHECK(code_of(add_third) == "UNAVAILABLE");
        first.open();
        for (auto& end : ends)
            end.get();
        CHECK(code_of(service.add_user("r", "c")) == "none");
    });
}

} // namespace sockeye::app
