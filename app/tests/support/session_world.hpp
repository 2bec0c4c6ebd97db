#pragma once

#include "support/flaky_store.hpp"
#include "support/log_world.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/sessions.hpp>

#include <algorithm>
#include <future>
#include <map>
#include <mutex>
#include <thread>

namespace sockeye::app {

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

/// Of an instance. A flaky one is over a store that fails when the test says so; the timers of a
/// hanging one stand still unless `hung` passes time.
enum class nature : std::uint8_t { sound, flaky, hanging };

struct session_cluster {
    explicit session_cluster(service_world& in) : world(in), flaky(in.state(), in.shards) {}

    std::unique_ptr<session_instance> instance(const std::string& node, nature of = nature::sound) {
        const context on = world.instance(node);
        store& state = of == nature::flaky ? flaky : on.state;
        engineio::shards& shards = of == nature::hanging ? hung : on.shards;
        return std::make_unique<session_instance>(context{state, shards, on.now, on.node, on.log},
                                                  options, log.get());
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
    testing::manual_shards hung; // outlives what closes the store
    testing::flaky_store flaky;
    session_options options;
    std::unique_ptr<event_log> log; // null: there is none
};

inline const session_host alice{.user = "alice", .connection = "host"};

struct session_setting {
    nature a = nature::sound;
    nature b = nature::sound;
    bool history = false;
};

/// She hosts it at instance "a"; "b" is another.
struct alices_session {
    explicit alices_session(session_cluster& in, const session_setting& how = {})
        : a(in.instance("a", how.a)), b(in.instance("b", how.b)),
          id(wait((*a)->create_session(alice, {}, {}, how.history)).id) {}

    const std::unique_ptr<session_instance> a;
    const std::unique_ptr<session_instance> b;
    const std::string id;
};

/// Runs the case once over each store.
template<class Case>
void in_each_cluster(Case run) {
    over_each_store([&run](service_world& world) {
        session_cluster cluster(world);
        run(cluster);
    });
}

} // namespace sockeye::app
