// Clients' requests, whatever becomes of their handlers.

#include "support/users_server.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

namespace {

using socketio::object;
using socketio::value;

/// A server whose clients can make the requests that a test adds.
class requests_server {
public:
    explicit requests_server(std::function<void(requests&, const socketio::socket&)> add)
        : at({}, 1), state_(at.http.shards(), [this] { return clock_.now(); }),
          on_{state_, at.http.shards(), [this] { return clock_.now(); }, "a",
              [this](engineio::log_level, std::string_view line) { notes.add(std::string(line)); }},
          asked(on_, [](socketio::socket) -> task<> { co_return; }) {
        at.io.on_connection([this, add](const socketio::socket& s) { add(asked, s); });
        at.start();
    }
    ~requests_server() { at.finish(); }

    testing::event_notes notes;
    socketio::socketio_fixture at;

private:
    manual_clock clock_;
    memory_store state_;
    const context on_;

public:
    requests asked;
};

std::string refusal(const number_rule& rule, std::int64_t given) {
    try {
        checked_number(rule, given);
    } catch (const service_error& why) {
        return why.code + ": " + why.what();
    }
    return "";
}

} // namespace

TEST_CASE("requests: a number is what was asked for, within its bounds") {
    constexpr number_rule listed{.name = "limit", .least = 1, .most = 10, .otherwise = 5};
    CHECK(checked_number(listed, {}) == 5);
    CHECK(checked_number(listed, 1) == 1);
    CHECK(checked_number(listed, 10) == 10);
    for (const std::int64_t wrong : {-1, 0, 11})
        CHECK(refusal(listed, wrong) == "BAD_REQUEST: 'limit' must be 1 to 10");
    constexpr number_rule after{.name = "after"};
    CHECK(checked_number(after, {}) == 0);
    CHECK(checked_number(after, std::numeric_limits<std::int64_t>::max()) == ~0ULL / 2);
    CHECK(refusal(after, -1) == "BAD_REQUEST: 'after' must be at least 0");
}

TEST_CASE("requests: a handler that ends without an answer is an error, and the client hears it") {
    requests_server server([](requests& asked, const socketio::socket& s) {
        asked.on(s, "silent",
                 requests::answering_handler(
                     [](value, const requests::answer&) -> task<> { co_return; }));
    });
    packet_client ann = server.at.connect();
    ann.join("/");
    ann.send(R"(21["silent"])");
    CHECK(ann.read() ==
          R"(31[{"ok":false,"error":{"code":"INTERNAL","message":"the server gave no answer"}}])");
    CHECK(server.notes.count("silent: the handler gave no answer") == 1);
}

TEST_CASE("requests: an answer may come after the handler's end, and once") {
    requests::answer kept;
    requests_server server([&kept](requests& asked, const socketio::socket& s) {
        asked.on(s, "later",
                 requests::answering_handler([&kept](value, requests::answer done) -> task<> {
                     kept = std::move(done);
                     co_return;
                 }));
        asked.on(s, "now", requests::handler([&kept](value) -> task<object> {
                     std::exchange(kept, nullptr)(object{{"late", true}});
                     co_return object{};
                 }));
    });
    packet_client ann = server.at.connect();
    ann.join("/");
    ann.send(R"(21["later"])");
    ann.send(R"(22["now"])");
    CHECK(ann.read() == R"(31[{"ok":true,"late":true}])");
    CHECK(ann.read() == R"(32[{"ok":true}])");
}

} // namespace sockeye::app
