#pragma once

// A server on a port of its own, with a handler that writes down what it is told. Tests wait for
// what they expect to happen, never for time to pass.

#include "raw_client.hpp"

#include <sockeye/engineio/server.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sockeye::engineio {

using namespace std::chrono_literals;

// Waits for what tells nobody, such as a counter.
inline bool becomes_true(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + testing::patience;
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        std::this_thread::sleep_for(1ms);
    }
    return true;
}

// Events as lines: "open", "message hello", "binary hello", "upgrading", "upgrade", "heartbeat",
// "close ping timeout", "error 3 TRANSPORT_MISMATCH websocket". Hooks are set before listen;
// without any, messages are echoed.
class recording_handler : public handler {
public:
    std::function<void(session&)> opened;
    std::function<void(session&, std::string_view, bool)> received =
        [](session& s, std::string_view data, bool binary) {
            binary ? s.send_binary(data) : s.send(data);
        };
    std::function<void(session&, close_reason)> ended;
    std::function<void(session&)> drained;
    std::function<void(header_list&, const http_request&)> initial_headers;
    std::function<void(header_list&, const http_request&)> headers;

    void on_open(session& s) override {
        {
            const std::lock_guard lock(mutex_);
            homes_[s.id()] = s.shard();
        }
        note("open");
        if (opened) opened(s);
    }
    void on_message(session& s, std::string_view data, bool binary) override {
        note((binary ? "binary " : "message ") + std::string(data));
        received(s, data, binary);
    }
    void on_close(session& s, close_reason reason, std::string_view detail) override {
        if (ended) ended(s, reason);
        const std::lock_guard lock(mutex_);
        homes_.erase(s.id());
        details_.emplace_back(detail);
        note_locked("close " + std::string(text(reason)));
    }
    void on_heartbeat(session&) override { note("heartbeat"); }
    void on_drain(session& s) override {
        if (drained) drained(s);
    }
    void on_upgrading(session&, transport_kind) override { note("upgrading"); }
    void on_upgrade(session&, transport_kind) override { note("upgrade"); }
    void on_connection_error(const connection_error& error) override {
        std::string line = "error " + std::to_string(static_cast<int>(error.code));
        for (const std::string_view part : {error.name, error.detail})
            if (!part.empty()) line.append(" ").append(part);
        note(std::move(line));
    }
    void on_initial_headers(header_list& list, const http_request& request) override {
        if (initial_headers) initial_headers(list, request);
    }
    void on_headers(header_list& list, const http_request& request) override {
        if (headers) headers(list, request);
    }

    // Waits until that has happened so many times in all; otherwise the test fails, with what has.
    void await(std::string_view event, std::size_t times = 1) {
        std::unique_lock lock(mutex_);
        const bool came = changed_.wait_for(lock, testing::patience,
                                            [&] { return count_locked(event) >= times; });
        INFO("events: ", list_locked());
        REQUIRE_MESSAGE(came, "did not happen: " << std::string(event));
    }
    // What has happened up to now; meaningful once something later is known to have happened.
    [[nodiscard]] std::size_t count(std::string_view event) const {
        const std::lock_guard lock(mutex_);
        return count_locked(event);
    }
    [[nodiscard]] std::vector<std::string> events() const {
        const std::lock_guard lock(mutex_);
        return events_;
    }
    // What was said about the last end of a session.
    [[nodiscard]] std::string last_detail() const {
        const std::lock_guard lock(mutex_);
        return details_.empty() ? std::string() : details_.back();
    }
    [[nodiscard]] unsigned home_of(const std::string& sid) const {
        const std::lock_guard lock(mutex_);
        return homes_.at(sid);
    }
    [[nodiscard]] std::size_t living() const {
        const std::lock_guard lock(mutex_);
        return homes_.size();
    }

    void note(std::string event) {
        const std::lock_guard lock(mutex_);
        note_locked(std::move(event));
    }

private:
    void note_locked(std::string event) {
        events_.push_back(std::move(event));
        changed_.notify_all();
    }
    std::size_t count_locked(std::string_view event) const {
        return static_cast<std::size_t>(std::ranges::count(events_, event));
    }
    std::string list_locked() const {
        std::string all;
        for (const std::string& event : events_)
            all.append(event).append("; ");
        return all;
    }

    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> events_;
    std::vector<std::string> details_;
    std::map<std::string, unsigned> homes_; // living sessions
};

inline http_server_options one_shard() {
    http_server_options options;
    options.threads = 1;
    return options;
}

inline http_server_options four_shards() {
    http_server_options options;
    options.threads = 4;
    return options;
}

// Listens from start() on, on 127.0.0.1 and a free port. At the end everything must be gone: a
// client that is declared behind the fixture has closed its connection by then.
class server_fixture {
public:
    explicit server_fixture(server_options options = {}, http_server_options shared = one_shard())
        : http(std::move(shared)), server(http, handler, std::move(options)) {
        http.log([this](log_level level, std::string_view line) {
            if (level >= log_level::warning) handler.note("log " + std::string(line));
        });
    }
    ~server_fixture() { finish(); }
    server_fixture(const server_fixture&) = delete;
    server_fixture& operator=(const server_fixture&) = delete;

    server_fixture& start() {
        port_ = http.listen(0, "127.0.0.1");
        http.start();
        return *this;
    }

    [[nodiscard]] unsigned short port() const { return port_; }
    [[nodiscard]] testing::raw_client connect() const { return testing::raw_client(port_); }
    // One request on a connection of its own.
    [[nodiscard]] testing::http_answer ask(std::string_view request) const {
        return connect().ask(request);
    }
    [[nodiscard]] testing::http_answer get(std::string_view target) const {
        return ask(testing::request("GET", target));
    }
    [[nodiscard]] testing::http_answer post(std::string_view target, std::string_view body) const {
        return ask(testing::request("POST", target, body));
    }

    // Runs `task` with the living session, on its shard, and waits for that.
    void with_session(const std::string& sid, const std::function<void(session&)>& task) {
        std::promise<bool> found;
        http.shards().post(handler.home_of(sid), [&] {
            session* const s = server.find(sid);
            if (s) task(*s);
            found.set_value(s != nullptr);
        });
        auto result = found.get_future();
        REQUIRE(result.wait_for(testing::patience) == std::future_status::ready);
        REQUIRE(result.get());
    }

    // Stops the server and checks that nothing is left of what it served. Called by the destructor;
    // tests of what a stop does call it themselves.
    void finish() {
        if (port_ == 0) return;
        port_ = 0;
        const auto begun = std::chrono::steady_clock::now();
        http.stop(stop_limit);
        CHECK_MESSAGE(std::chrono::steady_clock::now() - begun < stop_limit,
                      "the stop ran into its limit");
        const counter_totals left = http.counters();
        CHECK(left.connections == 0);
        CHECK(left.sessions == 0);
        CHECK(left.queued_bytes == 0);
        CHECK(server.session_count() == 0);
        CHECK(handler.living() == 0);
    }

    static constexpr seconds stop_limit{10};

    recording_handler handler;
    http_server http;
    engineio::server server;

private:
    unsigned short port_ = 0;
};

} // namespace sockeye::engineio
