// Cases as clients' events, whatever happens meanwhile.

#include "net/socketio_fixture.hpp"
#include "server/case_events.hpp"
#include "support/flaky_store.hpp"

#include <sockeye/app/memory_store.hpp>

#include <doctest/doctest.h>

#include <atomic>

namespace sockeye::app {

namespace {

using socketio::packet_client;

/// Something else happens behind whatever is read, before the reader has the answer.
class overtaking_store final : public store {
public:
    overtaking_store(store& to, std::function<void()> after_reading)
        : to_(to), after_reading_(std::move(after_reading)) {}

    pending<store_result> commit(transaction what) override {
        const bool only_reads = !what.has_conditions();
        auto answer = to_.commit(std::move(what));
        if (only_reads) after_reading_();
        return answer;
    }
    subscription_id subscribe(std::string channel, message_handler handler,
                              std::function<void()> ready) override {
        return to_.subscribe(std::move(channel), std::move(handler), std::move(ready));
    }
    void unsubscribe(subscription_id which) override { to_.unsubscribe(which); }
    void close() override {}
    [[nodiscard]] store_health health() const override { return to_.health(); }

private:
    store& to_;
    const std::function<void()> after_reading_;
};

/// A server whose clients are all "ann". Something happens as soon as a case has been read.
class overtaken_server {
public:
    explicit overtaken_server(std::function<void(overtaken_server&)> after_reading)
        : at({}, 1), state_(at.http.shards(), now), flaky(state_, at.http.shards()),
          overtaking_(flaky, [this, after_reading] { after_reading(*this); }),
          plain_{state_, at.http.shards(), now, "b", quiet}, overtaken_{overtaking_,
                                                                        at.http.shards(), now, "a",
                                                                        quiet},
          bens_(plain_, {court_machine()}, {}),
          anns_(overtaken_, {court_machine()},
                [this](const case_transition& news) { announce(at.io, news); }),
          asked_(overtaken_, [](socketio::socket) -> task<> { co_return; }),
          events_(anns_, asked_) {
        anns_.start();
        at.io.on_connection([this](const socketio::socket& s) {
            s.data()["userId"] = "ann";
            events_.serve(s);
            s.on("rooms", [s](const socketio::ack<std::size_t>& done) { done(s.rooms().size()); });
        });
        at.start();
    }
    ~overtaken_server() { at.finish(); }

    socketio::socketio_fixture at;
    /// As "ben".
    void accept() {
        socketio::start(accept_case(), [](const std::exception_ptr&) {});
    }

private:
    static milliseconds now() { return milliseconds(1'700'000'000'000); }
    static void quiet(engineio::log_level, std::string_view) {}
    task<> accept_case() { co_await bens_.move("x", "accept", "ben"); }

    memory_store state_;

public:
    testing::flaky_store flaky;

private:
    overtaking_store overtaking_;
    const context plain_;
    const context overtaken_;
    transitions bens_;
    transitions anns_;
    requests asked_;
    case_events events_;
};

std::string ask(packet_client& client, const std::string& event) {
    client.send("21[" + event + ']');
    std::string answer = client.read();
    REQUIRE_MESSAGE(answer.starts_with("31["), answer);
    return answer;
}

} // namespace

TEST_CASE("cases: who opens one hears whatever follows the state in the answer") {
    const overtaken_server server([](overtaken_server& at) { at.accept(); });
    packet_client ann = server.at.connect();
    ann.join("/");
    ann.send(R"(21["case:create",{"caseId":"x","machine":"court",)"
             R"("parties":{"plaintiff":"ann","defendant":"ben"}}])");
    bool answered = false;
    bool heard = false;
    while (!answered || !heard) {
        const std::string packet = ann.read();
        if (packet.starts_with("31[")) {
            CHECK(packet.find(R"("phase":"pending","seq":1)") != std::string::npos);
            answered = true;
        } else {
            REQUIRE(packet.starts_with(R"(2["case:transition",{"caseId":"x")"));
            heard |= packet.find(R"("move":"accept","from":"pending","to":"evidence","seq":2)") !=
                     std::string::npos;
        }
    }
}

TEST_CASE("cases: who is refused does not watch, unless that was so before") {
    std::atomic<bool> in_vain = false;
    overtaken_server server([&](overtaken_server& at) { at.flaky.away = in_vain.load(); });
    packet_client ann = server.at.connect();
    ann.join();
    ask(ann, R"("case:create",{"caseId":"x","machine":"court",)"
             R"("parties":{"plaintiff":"ann","defendant":"ben"}})");
    const auto watch_in_vain = [&] {
        in_vain = true;
        const std::string answer = ask(ann, R"("case:watch",{"caseId":"x"})");
        CHECK_MESSAGE(answer.find("UNAVAILABLE") != std::string::npos, answer);
        in_vain = false;
        server.flaky.away = false;
    };
    watch_in_vain();
    CHECK(ask(ann, R"("rooms")") == "31[2]"); // its own, and the case's
    ask(ann, R"("case:unwatch",{"caseId":"x"})");
    watch_in_vain();
    CHECK(ask(ann, R"("rooms")") == "31[1]");
}

TEST_CASE("cases: who leaves while a case is looked up does not watch it") {
    overtaken_server server([](overtaken_server&) {});
    packet_client ann = server.at.connect();
    ann.join();
    ask(ann, R"("case:create",{"caseId":"x","machine":"court",)"
             R"("parties":{"plaintiff":"ann","defendant":"ben"}})");
    const std::string unwatch = R"("case:unwatch",{"caseId":"x"})";
    const auto watch_and_leave = [&] {
        server.flaky.slow = true;
        ann.send(R"(22["case:watch",{"caseId":"x"}])");
        REQUIRE(server.at.becomes_true([&] { return server.flaky.held() == 1; }));
        ask(ann, unwatch);
        server.flaky.hurry();
        CHECK(ann.read().starts_with("32["));
        CHECK(ask(ann, R"("rooms")") == "31[1]");
    };
    watch_and_leave(); // who watched before
    watch_and_leave();
}

} // namespace sockeye::app
