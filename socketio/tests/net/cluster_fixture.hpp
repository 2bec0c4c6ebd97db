#pragma once

// Three servers, "a", "b" and "c", joined by a bus, and a client on each. Time passes for
// heartbeats when a test says so.

#include "net/in_process_bus.hpp"
#include "net/socketio_fixture.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sockeye::socketio {

struct cluster_kind {
    std::string name;
    bool heartbeats;
    unsigned threads; // of each server
};

using packets = std::vector<std::string>;

class cluster_fixture {
public:
    explicit cluster_fixture(cluster_kind kind = {"counted", false, 1},
                             cluster_options options = {})
        : kind_(kind), options_(options) {
        for (const char* const name : {"a", "b", "c"})
            add(name);
        await_members("/");
        for (auto& server : servers_)
            clients.push_back(server->connect());
        for (auto& client : clients)
            ids.push_back(client.join());
    }
    ~cluster_fixture() {
        clients.clear();
        for (auto& server : servers_)
            server->finish();
    }
    cluster_fixture(const cluster_fixture&) = delete;
    cluster_fixture& operator=(const cluster_fixture&) = delete;

    [[nodiscard]] server& a() { return servers_[0]->io; }
    [[nodiscard]] server& b() { return servers_[1]->io; }
    [[nodiscard]] server& c() { return servers_[2]->io; }
    [[nodiscard]] socketio_fixture& at(std::size_t index) { return *servers_[index]; }
    [[nodiscard]] bool heartbeats() const { return kind_.heartbeats; }

    // Every server has the namespace, and knows that all have it.
    void await_members(const std::string& nsp, std::size_t count = 3) {
        for (auto& server : servers_)
            static_cast<void>(server->io.of(nsp));
        for (std::size_t i = 0; i < servers_.size(); ++i)
            await_count(i, nsp, count);
    }
    void await_count(std::size_t index, const std::string& nsp, std::size_t count) {
        REQUIRE(socketio_fixture::becomes_true(
            [&] { return server_count(servers_[index]->io.of(nsp)) == count; }));
    }
    static std::size_t server_count(const namespace_& nsp) {
        std::promise<std::size_t> promise;
        nsp.adapter().server_count(
            [&](const outcome<std::size_t>& count) { promise.set_value(count.result); });
        return promise.get_future().get();
    }

    void enter(std::size_t client, const std::string& room) {
        clients[client].send(R"(2777["enter",")" + room + R"("])");
        clients[client].expect("3777[]");
    }
    // What each client has been sent up to now, by what "a" has done.
    std::vector<packets> received() {
        a().emit("end");
        std::vector<packets> all;
        for (auto& client : clients) {
            all.emplace_back();
            for (std::string one = client.read(); one != R"(2["end"])"; one = client.read())
                all.back().push_back(std::move(one));
        }
        return all;
    }
    // For heartbeats. The servers look at the clock all the time.
    void pass(std::chrono::milliseconds time) { elapsed_ += time.count(); }

    in_process_bus bus;
    event_notes notes;
    std::vector<packet_client> clients; // of "a", "b" and "c"
    std::vector<std::string> ids;       // of their sockets

private:
    void add(const std::string& name) {
        server_options options;
        options.adapter = [this, name](local_namespace& local) {
            return make_adapter(name, local);
        };
        servers_.push_back(std::make_unique<socketio_fixture>(std::move(options), kind_.threads));
        server& io = servers_.back()->io;
        io.on_connection([name](const socket& s) {
            s.data() = object{{"server", name}};
            s.on("enter", [s](const std::string& room, const ack<>& done) {
                s.join(room);
                done();
            });
        });
        io.on("note", [this, name](const std::string& what) { notes.add(name + " " + what); });
        io.on("ask", [name](const ack<std::string>& done) { done(name); });
        servers_.back()->start();
    }
    std::unique_ptr<adapter> make_adapter(const std::string& name, local_namespace& local) {
        if (!kind_.heartbeats)
            return std::make_unique<counting_bus_adapter>(bus, name, local, options_);
        return std::make_unique<heartbeat_bus_adapter>(
            bus, name, local, options_,
            heartbeat_options{.check_interval = 1ms, .now = [this] {
                                  return engineio::time_point() +
                                         std::chrono::milliseconds(elapsed_);
                              }});
    }

    const cluster_kind kind_;
    const cluster_options options_;
    std::atomic<std::int64_t> elapsed_ = 0;
    std::vector<std::unique_ptr<socketio_fixture>> servers_;
};

inline packets sorted(packets list) {
    std::ranges::sort(list);
    return list;
}

// What servers or clients answered, in any order.
inline packets texts(const array& answers) {
    packets list;
    for (const value& one : answers)
        list.push_back(one.is_string() ? one.as_string() : std::to_string(one.as_int64()));
    return sorted(std::move(list));
}

template<class T>
outcome<T> wait(const pending<T>& answer) {
    return socketio_fixture::wait(answer);
}

// The same test over everything that a cluster can be.
inline void in_every_cluster(const std::function<void(cluster_fixture&)>& test,
                             cluster_options options = {}) {
    for (const cluster_kind& kind :
         {cluster_kind{"counted", false, 1}, cluster_kind{"counted, three shards", false, 3},
          cluster_kind{"heartbeats", true, 1}}) {
        INFO("cluster: ", kind.name);
        cluster_fixture at(kind, options);
        test(at);
    }
}

} // namespace sockeye::socketio
