#include "net/recovery.hpp"

#include <atomic>

namespace sockeye::socketio {

TEST_CASE("everything of a socket happens on one thread, which is its shard's") {
    socketio_fixture at({}, 3);
    at.io.use([](const socket& s, const namespace_::connect_next& next) {
        std::thread([s, next] { next({}); }).detach(); // wherever it is answered
    });
    at.io.on_connection([&](const socket& s) {
        const auto home = std::this_thread::get_id();
        const auto check = [&at, home] {
            at.notes.add(std::this_thread::get_id() == home ? "home" : "elsewhere");
        };
        s.on("event", check);
        s.on("disconnect", check);
        s.emit("ask", [check](int) { check(); });
        s.use([](incoming_event&, const next_function& next) { next({}); });
    });
    at.start();
    std::vector<packet_client> clients;
    for (int i = 0; i < 4; ++i) {
        packet_client& client = clients.emplace_back(at.connect());
        client.join();
        client.read(); // the question
        client.send("3" + std::to_string(i) + "[1]");
        client.send(R"(2["event"])");
        client.settle();
    }
    clients.clear();
    at.notes.await("home", 12);
    CHECK(at.notes.count("elsewhere") == 0);
}

TEST_CASE("what a thread does with a socket and its rooms happens in order") {
    socketio_fixture at({}, 2);
    std::promise<socket> connected;
    at.io.on_connection([&](const socket& s) { connected.set_value(s); });
    auto client = at.start().connect();
    client.join();
    const socket s = connected.get_future().get();
    s.emit("a");
    at.io.to("tea").emit("nobody");
    s.join("tea");
    at.io.to("tea").emit("b");
    s.leave("tea");
    at.io.to("tea").emit("nobody");
    at.io.emit("c");
    s.emit("d");
    s.disconnect();
    s.emit("never");
    client.expect(R"(2["a"])").expect(R"(2["b"])").expect(R"(2["c"])").expect(R"(2["d"])");
    client.expect("1");
    client.join();
    CHECK(client.settle().empty());
}

TEST_CASE("what a thread tells a socket and everybody arrives in order, with recovery too") {
    socketio_fixture at(recovering(), 2);
    std::promise<socket> connected;
    at.io.on_connection([&](const socket& s) { connected.set_value(s); });
    auto client = at.start().connect();
    client.join();
    const socket s = connected.get_future().get();
    for (int i = 0; i < 100; i += 2) {
        s.emit("number", i);
        at.io.emit("number", i + 1);
    }
    for (int i = 0; i < 100; ++i)
        CHECK(client.read().starts_with(R"(2["number",)" + std::to_string(i) + ','));
}

TEST_CASE("events of several threads arrive in each one's order") {
    constexpr int each = 300;
    socketio_fixture at({}, 2);
    std::promise<socket> connected;
    at.io.on_connection([&](const socket& s) { connected.set_value(s); });
    auto client = at.start().connect();
    client.join();
    const socket s = connected.get_future().get();
    std::vector<std::thread> emitters;
    for (int thread = 0; thread < 3; ++thread)
        emitters.emplace_back([&at, s, thread] {
            for (int i = 0; i < each; ++i)
                i % 2 ? s.emit("n", thread, i) : at.io.emit("n", thread, i);
        });
    std::vector<int> next(3);
    for (int i = 0; i < 3 * each; ++i) {
        const std::string packet = client.read(); // 2["n",1,27]
        const int thread = packet.at(6) - '0';
        REQUIRE(std::stoi(packet.substr(8)) == next.at(thread)++);
    }
    for (std::thread& emitter : emitters)
        emitter.join();
    CHECK(client.settle().empty());
}

TEST_CASE("namespaces may be made and asked for by several threads") {
    socketio_fixture at({}, 2);
    std::atomic<int> made = 0;
    at.io.on_new_namespace([&](const namespace_&) { ++made; });
    at.start();
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&at] {
            for (int n = 0; n < 50; ++n)
                at.io.of("/n" + std::to_string(n)).emit("hello");
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(made == 50);
}

TEST_CASE("a coroutine goes on where its socket is, whoever answers") {
    socketio_fixture at({}, 3);
    at.io.on_connection([&](const socket& s) {
        s.on("go", [&at](ack<std::size_t> done) -> task<> {
            const auto home = std::this_thread::get_id();
            const auto found = co_await at.io.fetch_sockets();
            CHECK(std::this_thread::get_id() == home);
            const auto ask = [](server& io) -> task<array> {
                co_return co_await io.timeout(1min).emit_with_ack("ask");
            };
            const array answers = co_await ask(at.io);
            CHECK(std::this_thread::get_id() == home);
            CHECK(answers.size() == found.size());
            done(found.size());
        });
    });
    at.start();
    std::vector<packet_client> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back(at.connect()).join();
    clients[0].send(R"(25["go"])");
    for (packet_client& client : clients) {
        client.expect(R"(20["ask"])");
        client.send("30[1]");
    }
    clients[0].expect("35[4]");
}

} // namespace sockeye::socketio
