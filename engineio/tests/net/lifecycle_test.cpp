#include "websocket_session.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace sockeye::engineio {
namespace {

using testing::raw_client;
using testing::request;
using testing::text_frame;
using testing::websocket_client;
using steady = std::chrono::steady_clock;

const std::string block(64 * 1024, 'b');

TEST_CASE("a server may be started and stopped many times in one process") {
    for (int i = 0; i < 30; ++i) {
        server_fixture server({}, four_shards());
        auto client = open_websocket(server.start());
        client.send_text("4hello");
        CHECK(client.read_text() == "4hello");
        const polling_client polling(server);
        CHECK(polling.post("4hello").body == "ok");
    }
}

TEST_CASE("a stop tells every session, over either transport") {
    server_fixture server({}, four_shards());
    auto socket = open_websocket(server.start());
    const polling_client polling(server);
    raw_client poll = polling.waiting_get();
    raw_client idle = server.connect();
    CHECK(idle.ask(request("GET", "/elsewhere")).status == 404);
    std::thread stopping([&] { server.http.stop(); });
    CHECK(socket.read_close().empty());
    const auto answer = poll.read_answer();
    CHECK(answer.body == "1");
    CHECK(answer.header("Connection") == "close");
    CHECK(idle.read_until_close().empty());
    socket.link().close();
    poll.close();
    idle.close();
    stopping.join();
    CHECK(server.handler.count("close forced close") == 2);
    CHECK_THROWS(raw_client(server.port()));
}

TEST_CASE("a server that no longer listens goes on with those who are there") {
    server_fixture server({}, four_shards());
    auto socket = open_websocket(server.start());
    server.http.stop_listening();
    const auto refused = [&] {
        try {
            raw_client(server.port()).close();
            return false;
        } catch (const std::exception&) {
            return true;
        }
    };
    while (!refused())
        std::this_thread::yield();
    socket.send_text("4still here");
    CHECK(socket.read_text() == "4still here");
    server.http.stop();
    CHECK(socket.read_close().empty());
}

TEST_CASE("a stop waits for slow readers up to its limit, no longer") {
    server_fixture server({.queue = {.max_bytes = 64'000'000}});
    server.handler.received = [&](session& s, std::string_view, bool) {
        while (s.queued_bytes() == 0 || s.queued_bytes() < 10 * block.size())
            s.send(block);
        server.handler.note("stuck");
    };
    auto slow = open_websocket(server.start());
    slow.send_text("4go");
    server.handler.await("stuck");
    const auto begun = steady::now();
    server.http.stop(milliseconds(100));
    const auto took = steady::now() - begun;
    CHECK(took >= milliseconds(100));
    CHECK(took < seconds(5));
    CHECK(server.http.counters().connections == 0);
    CHECK(server.http.counters().queued_bytes == 0);
}

TEST_CASE("a stop that is asked for again may be shorter") {
    server_fixture server;
    auto client = open_websocket(server.start()); // does not answer the close frame
    server.http.request_stop(seconds(60));
    CHECK(client.read_frame().first == 0x88);
    const auto begun = steady::now();
    server.http.stop(milliseconds(0));
    CHECK(steady::now() - begun < seconds(5));
}

TEST_CASE("a handler may ask for the stop") {
    server_fixture server({}, four_shards());
    server.handler.received = [&](session&, std::string_view, bool) { server.http.request_stop(); };
    std::thread client([&, port = server.http.listen(0, "127.0.0.1")] {
        websocket_client socket(port, websocket_path);
        socket.read_text();
        socket.send_text("4stop");
        CHECK(socket.read_close().empty());
    });
    server.http.run();
    client.join();
    CHECK(server.server.session_count() == 0);
}

TEST_CASE("without a stop the destructor ends everything at once") {
    recording_handler events;
    auto engine = std::make_unique<server>(events, server_options{}, four_shards());
    const unsigned short port = engine->listen(0, "127.0.0.1");
    engine->http().start();
    websocket_client socket(port, websocket_path);
    socket.read_text();
    raw_client half(port);
    half.send("GET /engine.io/?EIO=4&trans");
    engine.reset();
    events.await("close forced close");
    socket.link().read_until_close();
    CHECK(half.read_until_close().empty());
    CHECK(events.living() == 0);
}

TEST_CASE("a server that never listened, or never started, ends as well") {
    recording_handler events;
    { const server idle(events); }
    server listening(events);
    raw_client waiting(listening.listen(0, "127.0.0.1"));
}

TEST_CASE("a stop while clients come and go leaves nothing behind") {
    for (int round = 0; round < 10; ++round) {
        server_fixture server({}, four_shards());
        const unsigned short port = server.start().port();
        std::atomic<bool> over = false;
        std::atomic<int> served = 0;
        std::vector<std::thread> clients;
        for (int i = 0; i < 3; ++i)
            clients.emplace_back([&, i] {
                while (!over)
                    try {
                        if (i == 0) {
                            websocket_client(port, websocket_path).send_text("4hello");
                        } else {
                            raw_client link(port);
                            const auto answer = link.ask(request("GET", polling_path));
                            const auto sid = sid_in(answer.body);
                            link.ask(request("POST", polling_path + "&sid=" + sid, "4hello"));
                        }
                        ++served;
                    } catch (const std::exception&) { // the server has gone, as it may
                    }
            });
        CHECK(becomes_true([&] { return served > 10; }));
        server.finish();
        over = true;
        for (std::thread& client : clients)
            client.join();
    }
}

TEST_CASE("sessions may be sent to from any thread, through their shard") {
    server_fixture server({}, four_shards());
    std::vector<polling_client> clients;
    server.start();
    for (int i = 0; i < 4; ++i)
        clients.emplace_back(server);
    const encoded_ptr news = encode_message("news"); // one for all shards
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int n = 0; n < 50; ++n)
                for (unsigned shard = 0; shard < 4; ++shard)
                    server.http.shards().post(shard, [&] {
                        const outgoing_ptr packet = outgoing::share(news);
                        server.server.for_each([&](session& s) { s.send({&packet, 1}); });
                    });
        });
    for (std::thread& thread : threads)
        thread.join();
    for (const polling_client& client : clients) {
        std::size_t got = 0;
        while (got < 200)
            got += static_cast<std::size_t>(std::ranges::count(client.get().body, 'w'));
        CHECK(got == 200);
    }
}

TEST_CASE("what is posted after the end is destroyed without being run") {
    const auto counted = std::make_shared<int>();
    {
        server_fixture server;
        server.start().finish();
        server.http.shards().post(0, [counted] { ++*counted; });
        server.http.shards().post_after(0, milliseconds(1), [counted] { ++*counted; });
    }
    CHECK(*counted == 0);
    CHECK(counted.use_count() == 1);
}

TEST_CASE("a timer that an application posted runs on its shard, not before its time") {
    server_fixture server({}, four_shards());
    server.start();
    shards& all = server.http.shards();
    const auto begun = steady::now();
    all.post_after(2, milliseconds(30), [&] {
        if (all.current() == 2 && steady::now() - begun >= milliseconds(30))
            server.handler.note("in time");
    });
    server.handler.await("in time");
}

TEST_CASE("a POST that is still arriving when its session ends does no harm") {
    server_fixture server({.ping_interval = milliseconds(20), .ping_timeout = milliseconds(20)});
    const polling_client client(server.start());
    raw_client post = server.connect();
    const std::string whole = request("POST", client.target(), "4slowly");
    post.send(whole.substr(0, whole.size() - 3));
    server.handler.await("close ping timeout");
    REQUIRE(becomes_true([&] { return server.server.session_count() == 0; }));
    post.send(whole.substr(whole.size() - 3));
    CHECK(post.read_answer().status == 400);
    CHECK(server.handler.count("message slowly") == 0);
}

// ---- on the application's own io_context

TEST_CASE("a server may run on a context that the application runs") {
    boost::asio::io_context context(1);
    recording_handler events;
    http_server http(context);
    server engine(http, events);
    const unsigned short port = http.listen(0, "127.0.0.1");
    CHECK(http.shards().size() == 1);
    std::thread client([&] {
        websocket_client socket(port, websocket_path);
        socket.read_text();
        socket.send_text("4hello");
        CHECK(socket.read_text() == "4hello");
        http.shards().post(0, [&] { http.stop(); });
        CHECK(socket.read_close().empty());
    });
    context.run(); // returns, for the server leaves nothing in it
    client.join();
    CHECK(engine.session_count() == 0);
    CHECK(http.counters().connections == 0);
}

TEST_CASE("a server may be gone before the application's context is") {
    boost::asio::io_context context(1);
    recording_handler events;
    {
        http_server http(context);
        server engine(http, events);
        const unsigned short port = http.listen(0, "127.0.0.1");
        std::thread client([&] {
            websocket_client mine(port, websocket_path);
            mine.send_text("4hello");
            mine.read_text();
            CHECK(mine.read_text() == "4hello");
            http.shards().post(0, [&] { context.stop(); });
            mine.link().read_until_close();
        });
        context.run();
        http.stop(milliseconds(0));
        client.join();
    }
    context.restart();
    context.run(); // what the server left there concerns nobody
    CHECK(events.count("close forced close") == 1);
}

TEST_CASE("a server that its context never ran leaves nothing in it") {
    boost::asio::io_context context(1);
    recording_handler events;
    {
        http_server http(context);
        server engine(http, events);
        raw_client waiting(http.listen(0, "127.0.0.1"));
    }
    context.run();
}

TEST_CASE("destroying a server without a stop leaves its context usable") {
    boost::asio::io_context context(1);
    recording_handler events;
    {
        http_server http(context);
        server engine(http, events);
        raw_client waiting(http.listen(0, "127.0.0.1"));
        context.poll();
    }
    context.restart();
    context.run();
}

} // namespace
} // namespace sockeye::engineio
