#pragma once

// Three servers, "a", "b" and "c", joined by whatever adapter a test gives them, and a client on
// each.

#include "net/socketio_fixture.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sockeye::socketio {

using packets = std::vector<std::string>;

class server_group {
public:
    // Of the server of that name; called once for each namespace.
    using make_adapter =
        std::function<std::unique_ptr<adapter>(const std::string& server, local_namespace& local)>;

    server_group(make_adapter make, unsigned threads, const server_options& options = {}) {
        for (const char* const name : {"a", "b", "c"})
            add(name, make, threads, options);
    }
    ~server_group() { finish(); }
    server_group(const server_group&) = delete;
    server_group& operator=(const server_group&) = delete;

    [[nodiscard]] server& a() { return servers_[0]->io; }
    [[nodiscard]] server& b() { return servers_[1]->io; }
    [[nodiscard]] server& c() { return servers_[2]->io; }
    [[nodiscard]] socketio_fixture& at(std::size_t index) { return *servers_[index]; }

    // A client for each server, once the servers know of each other.
    void connect() {
        await_members("/");
        for (auto& server : servers_)
            clients.push_back(server->connect());
        for (auto& client : clients)
            ids.push_back(client.join());
    }
    // What the servers use must not end before.
    void finish() {
        clients.clear();
        for (auto& server : servers_)
            server->finish();
        servers_.clear();
    }

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

    event_notes notes;
    std::vector<packet_client> clients; // of "a", "b" and "c"
    std::vector<std::string> ids;       // of their sockets

private:
    void add(const std::string& name, const make_adapter& make, unsigned threads,
             server_options options) {
        options.adapter = [make, name](local_namespace& local) { return make(name, local); };
        servers_.push_back(std::make_unique<socketio_fixture>(std::move(options), threads));
        server& io = servers_.back()->io;
        io.on_connection([name](const socket& s) {
            if (!s.recovered()) s.data() = object{{"server", name}};
            s.on("enter", [s](const std::string& room, const ack<>& done) {
                s.join(room);
                done();
            });
        });
        io.on("note", [this, name](const std::string& what) { notes.add(name + " " + what); });
        io.on("ask", [name](const ack<std::string>& done) { done(name); });
        servers_.back()->start();
    }

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

} // namespace sockeye::socketio
