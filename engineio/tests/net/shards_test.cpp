#include "tls_client.hpp"
#include "websocket_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace sockeye::engineio {
namespace {

using testing::raw_client;
using testing::request;
using testing::text_frame;
using testing::upgrade_fields;
using testing::websocket_client;

// The packets of one payload.
std::vector<std::string> packets_in(const std::string& payload) {
    std::vector<std::string> packets;
    for (std::size_t begin = 0; begin <= payload.size();) {
        const std::size_t end = std::min(payload.find('\x1e', begin), payload.size());
        packets.push_back(payload.substr(begin, end - begin));
        begin = end + 1;
    }
    return packets;
}

// Ends with its loop.
struct loop_service final : boost::asio::execution_context::service {
    using key_type = loop_service;
    static inline boost::asio::execution_context::id id;
    static inline bool living = false;

    explicit loop_service(boost::asio::execution_context& of)
        : boost::asio::execution_context::service(of) {
        living = true;
    }
    ~loop_service() override { living = false; }
    void shutdown() override {}
};

// A client that opens a connection for every request: each of them comes in on any shard.
void talk(const server_fixture& server, int messages) {
    const polling_client client(server);
    int sent = 0;
    const auto post = [&](int count) {
        std::string body;
        for (int i = 0; i < count; ++i)
            body.append(i ? "\x1e" : "").append("4").append(std::to_string(sent++));
        CHECK(client.post(body).body == "ok");
    };
    int got = 0;
    while (got < messages) {
        post(3);
        while (got < sent)
            for (const std::string& packet : packets_in(client.get().body))
                REQUIRE(packet == "4" + std::to_string(got++));
    }
    websocket_client socket(server.port(), websocket_path + "&sid=" + client.sid, {},
                            text_frame("2probe") + text_frame("5") + text_frame("4over"));
    REQUIRE(socket.read_text() == "3probe");
    REQUIRE(socket.read_text() == "4over");
}

TEST_CASE("with four shards and a connection for every request nothing is lost or reordered") {
    server_fixture server({}, four_shards());
    server.start();
    std::vector<std::thread> clients;
    for (int i = 0; i < 8; ++i)
        clients.emplace_back([&server] {
            for (int n = 0; n < 25; ++n)
                talk(server, 12);
        });
    for (std::thread& client : clients)
        client.join();
    const auto counters = server.http.counters();
    CHECK(counters.sessions_opened == 200);
    CHECK(counters.sessions_upgraded == 200);
    CHECK(counters.connections_moved > 200);
}

// Something that waits for its time on a shard.
class alarm final : public timed {
public:
    std::promise<std::chrono::steady_clock::time_point> rung;

private:
    void on_timer(time_point) override { rung.set_value(std::chrono::steady_clock::now()); }
};

TEST_CASE("what others do on a shard's loop finds the present time there") {
    server_fixture server;
    server.start();
    alarm clock;
    const auto begun = std::chrono::steady_clock::now();
    std::promise<std::chrono::steady_clock::time_point> set;
    auto& shards = server.http.shards();
    shards.post(0, [] {}); // the last that the shard itself knows of
    while (std::chrono::steady_clock::now() < begun + 100ms)
        std::this_thread::yield();
    boost::asio::post(server.http.loop(0), [&] {
        set.set_value(std::chrono::steady_clock::now());
        shards.set_timer(clock, 50ms);
    });
    const auto from = set.get_future().get();
    CHECK(clock.rung.get_future().get() >= from + 50ms);
}

TEST_CASE("requests behind one that moves to another shard move with it") {
    server_fixture server({}, four_shards());
    server.start();
    std::vector<polling_client> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back(server);
    // One connection serves all of them in turn, in one segment.
    std::string pipelined;
    for (int round = 0; round < 3; ++round)
        for (const polling_client& client : clients)
            pipelined += request("POST", client.target(), "4" + std::to_string(round)) +
                         request("GET", client.target());
    raw_client link = server.connect();
    link.send(pipelined);
    for (int round = 0; round < 3; ++round)
        for (std::size_t i = 0; i < clients.size(); ++i) {
            REQUIRE(link.read_answer().body == "ok");
            REQUIRE(link.read_answer().body == "4" + std::to_string(round));
        }
    CHECK(server.http.counters().connections_moved > 3);
}

TEST_CASE("a body that arrives after its request has moved is read by the session's shard") {
    server_fixture server({}, four_shards());
    server.start();
    std::vector<polling_client> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back(server);
    raw_client link = server.connect();
    for (const polling_client& client : clients) {
        const auto before = server.http.counters().requests;
        const std::string whole = request("POST", client.target(), "4slowly");
        link.send(whole.substr(0, whole.size() - 3));
        REQUIRE(becomes_true([&] { return server.http.counters().requests > before; }));
        link.send(whole.substr(whole.size() - 3));
        CHECK(link.read_answer().body == "ok");
        CHECK(client.get().body == "4slowly");
    }
}

TEST_CASE("frames in the segment of an upgrade request move with it") {
    server_fixture server({}, four_shards());
    server.start();
    for (int i = 0; i < 16; ++i) {
        const polling_client client(server);
        websocket_client socket(server.port(), websocket_path + "&sid=" + client.sid, {},
                                text_frame("2probe") + text_frame("5") + text_frame("4hello"));
        CHECK(socket.read_text() == "3probe");
        CHECK(socket.read_text() == "4hello");
    }
}

TEST_CASE("ids of the application's own choice have a home as well") {
    std::atomic<int> last = 0;
    server_options options;
    options.generate_id = [&](const http_request&) { return "session-" + std::to_string(++last); };
    server_fixture server(options, four_shards());
    server.start();
    for (int i = 0; i < 16; ++i) {
        const polling_client client(server);
        CHECK(client.sid == "session-" + std::to_string(2 * i + 1));
        CHECK(client.post("4hello").body == "ok");
        CHECK(client.get().body == "4hello");
        websocket_client socket(server.port(), websocket_path, {}, text_frame("4early"));
        CHECK(sid_in(socket.read_text()) == "session-" + std::to_string(2 * i + 2));
        CHECK(socket.read_text() == "4early");
    }
}

TEST_CASE("a request that moves to its shard and is lost on the way does no harm") {
    server_fixture server({}, four_shards());
    server.start();
    const polling_client client(server);
    for (int i = 0; i < 50; ++i) {
        raw_client link = server.connect();
        link.send(request("GET", client.target() + "&j=0"));
        link.reset();
    }
    CHECK(becomes_true([&] { return server.http.counters().connections == 0; }));
}

TEST_CASE("what still waits on a loop at the end may own what lives on another one") {
    bool outlived = true;
    {
        http_server http({.threads = 2});
        boost::asio::use_service<loop_service>(http.loop(0));
        auto owned =
            std::shared_ptr<void>(nullptr, [&](void*) { outlived = !loop_service::living; });
        http.shards().post_after(1, 1h, [owned = std::move(owned)] {});
        http.start();
    }
    CHECK_FALSE(loop_service::living);
    CHECK_FALSE(outlived);
}

TEST_CASE("tasks reach their shard, in the order of each thread that posts them") {
    server_fixture server({}, four_shards());
    server.start();
    shards& all = server.http.shards();
    CHECK(all.size() == 4);
    CHECK(all.current() == shards::none);
    std::array<std::array<int, 4>, 4> seen{}; // by shard, then by thread
    std::atomic<int> run = 0;
    std::atomic<bool> right = true;
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int n = 0; n < 500; ++n)
                for (unsigned s = 0; s < 4; ++s)
                    all.post(s, [&, t, s, n] {
                        if (all.current() != s || seen[s][t]++ != n) right = false;
                        ++run;
                    });
        });
    for (std::thread& thread : threads)
        thread.join();
    CHECK(becomes_true([&] { return run == 8000; }));
    CHECK(right);
    server.finish();
}

} // namespace
} // namespace sockeye::engineio
