#pragma once

// A Socket.IO server on a port of its own, and clients that say exactly what a test wants said.
// Tests wait for what they expect to happen, never for time to pass.

#include "event_notes.hpp"
#include "websocket_client.hpp"

#include <sockeye/engineio/session.hpp>
#include <sockeye/socketio/server.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace sockeye::socketio {

using namespace std::chrono_literals;

using testing::event_notes;

// A Socket.IO client by hand, over WebSocket. It speaks in packets without Engine.IO's `4`, and
// answers pings by itself.
class packet_client {
public:
    // `query`: what is added to the request's, such as "&token=1". `revision`: of Engine.IO.
    explicit packet_client(unsigned short port, std::string_view query = {}, int revision = 4)
        : link_(port, "/socket.io/?transport=websocket&EIO=" + std::to_string(revision) +
                          std::string(query)) {
        link_.read_text(); // the open packet
    }

    void send(std::string_view packet) { link_.send_text("4" + std::string(packet)); }
    void send_binary(std::string_view bytes) { link_.send_binary(bytes); }

    // The next packet.
    std::string read() {
        for (;;) {
            const std::string text = link_.read_text();
            if (text == "2")
                link_.send_text("3");
            else if (text.starts_with('4'))
                return text.substr(1);
            else
                FAIL("not a message: " << text);
        }
    }
    std::string read_binary() { return link_.read_binary(); }
    // The next packet must be this one.
    packet_client& expect(std::string_view packet) {
        CHECK(read() == packet);
        return *this;
    }

    // Joins a namespace; returns the id that the server gives it.
    std::string join(std::string_view nsp = "/", std::string_view auth = {}) {
        const std::string head = nsp == "/" ? std::string() : std::string(nsp) + ",";
        send("0" + head + std::string(auth));
        const std::string reply = read();
        const std::string start = "0" + head + R"({"sid":")";
        REQUIRE_MESSAGE(reply.starts_with(start), reply);
        private_id_ = member(reply, "pid");
        return member(reply, "sid");
    }
    // Of the last join, where the server offers recovery.
    [[nodiscard]] const std::string& private_id() const { return private_id_; }

    // All that was sent before has been handled once this returns; `seen` are the packets before.
    std::vector<std::string> settle() {
        const std::string id = std::to_string(++last_settle_id_);
        send("2" + id + R"(["settle"])");
        std::vector<std::string> seen;
        for (std::string packet = read(); packet != "3" + id + "[]"; packet = read())
            seen.push_back(std::move(packet));
        return seen;
    }

    // The connection must be closed next.
    void expect_closed() { link_.read_close(); }
    void close() { link_.link().close(); }
    testing::websocket_client& link() { return link_; }

private:
    static std::string member(const std::string& json, std::string_view name) {
        const std::string key = '"' + std::string(name) + "\":\"";
        const std::size_t found = json.find(key);
        if (found == std::string::npos) return {};
        const std::size_t begin = found + key.size();
        return json.substr(begin, json.find('"', begin) - begin);
    }

    testing::websocket_client link_;
    std::string private_id_;
    unsigned last_settle_id_ = 1'000'000;
};

inline engineio::http_server_options with_threads(unsigned count) {
    engineio::http_server_options options;
    options.threads = count;
    return options;
}

// Listens from start() on. At the end everything must be gone: a client that is declared behind the
// fixture has closed its connection by then. Warnings of the log are noted as "log …".
class socketio_fixture {
public:
    explicit socketio_fixture(server_options options = {}, unsigned threads = 1)
        : http(with_threads(threads)), io(http, std::move(options)) {
        http.log([this](engineio::log_level level, std::string_view line) {
            if (level >= engineio::log_level::warning) notes.add("log " + std::string(line));
        });
        io.on_connection(
            [](const socket& s) { s.on("settle", [](const ack<>& done) { done(); }); });
    }
    ~socketio_fixture() { finish(); }
    socketio_fixture(const socketio_fixture&) = delete;
    socketio_fixture& operator=(const socketio_fixture&) = delete;

    socketio_fixture& start() {
        port_ = http.listen(0, "127.0.0.1");
        http.start();
        return *this;
    }
    [[nodiscard]] unsigned short port() const { return port_; }
    [[nodiscard]] packet_client connect(std::string_view query = {}, int revision = 4) const {
        return packet_client(port_, query, revision);
    }

    // Waits for an answer that comes on another thread.
    template<class T>
    static outcome<T> wait(const pending<T>& answer) {
        auto promise = std::make_shared<std::promise<outcome<T>>>();
        auto future = promise->get_future();
        answer.then([promise](outcome<T> done) { promise->set_value(std::move(done)); });
        REQUIRE(future.wait_for(testing::patience) == std::future_status::ready);
        return future.get();
    }
    // Waits for what tells nobody, such as a counter.
    static bool becomes_true(const std::function<bool()>& condition) {
        const auto deadline = std::chrono::steady_clock::now() + testing::patience;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > deadline) return false;
            std::this_thread::sleep_for(1ms);
        }
        return true;
    }

    void finish() {
        if (port_ == 0) return;
        port_ = 0;
        http.stop(10s);
        CHECK(http.counters().sessions == 0);
        CHECK(io.counters().sockets == 0);
    }

    event_notes notes;
    engineio::http_server http;
    server io;

private:
    unsigned short port_ = 0;
};

} // namespace sockeye::socketio
