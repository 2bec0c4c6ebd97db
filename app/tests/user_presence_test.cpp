// Presence follows who is bound.

#include "net/socketio_fixture.hpp"
#include "server/user_events.hpp"
#include "support/running_server.hpp"
#include "support/service_world.hpp"
#include "support/token_issuer.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

using socketio::packet_client;
using socketio::socketio_fixture;

namespace {

/// Away when it is first asked.
class late_store final : public store {
public:
    explicit late_store(engineio::shards& shards)
        : shards_(shards), inner_(shards, [] { return 0ms; }) {}

    pending<store_result> commit(transaction what) override {
        if (asked_.exchange(true)) return inner_.commit(std::move(what));
        const socketio::resolver<store_result> answer(shards_);
        answer.fail("the store is away");
        return answer.answer();
    }
    subscription_id subscribe(std::string channel, message_handler handler,
                              std::function<void()> ready) override {
        return inner_.subscribe(std::move(channel), std::move(handler), std::move(ready));
    }
    void unsubscribe(subscription_id which) override { inner_.unsubscribe(which); }
    [[nodiscard]] store_health health() const override { return inner_.health(); }

private:
    engineio::shards& shards_;
    memory_store inner_;
    std::atomic<bool> asked_ = false;
};

} // namespace

TEST_CASE("a user whose socket came while the store was away is online once it is back") {
    socketio_fixture at;
    late_store state(at.http.shards());
    const context on{state, at.http.shards(), [] { return 0ms; }, "a",
                     [](engineio::log_level, std::string_view) {}};
    presence present(on, [](const presence_change&) {});
    users service(on, at.io.of("/"), {}, {.bound = enter_presence(present, on)});
    service.install();
    at.io.on_connection([&](const socketio::socket& s) { service.register_user(s, "ann"); });
    at.start();
    auto client = at.connect();
    client.join();
    CHECK(at.becomes_true([&] { return wait(present.is_online("ann")); }));
    client.close();
    at.finish();
}

TEST_CASE("the server knows the users of its configuration's tokens, and who of them is online") {
    const auto issuer = testing::token_issuer::hs256("a secret of thirty-two bytes, no");
    const running_server server({.token_secret = issuer.secret(),
                                 .token_issuer = "https://id",
                                 .token_audience = "chat",
                                 .token_required = true});
    const auto join = [&](std::string_view issued_by) {
        packet_client client(server.port());
        client.send(R"(0{"token":")" +
                    issuer.issue(R"({"sub":"ann","exp":4102444800,"aud":"chat","iss":")" +
                                 std::string(issued_by) + R"("})") +
                    R"("})");
        return client;
    };
    auto stranger = join("https://other");
    CHECK(stranger.read() ==
          R"(4{"message":"the token is from another issuer","data":{"code":"TOKEN_INVALID"}})");
    auto ann = join("https://id");
    REQUIRE(ann.read().starts_with(R"(0{"sid":)"));
    CHECK(socketio_fixture::becomes_true([&] {
        ann.send(R"(21["user:status",{"userId":"ann"}])");
        return ann.read().starts_with(R"(31[{"ok":true,"userId":"ann","online":true,"socketId":)");
    }));
    ann.send(R"(21["user:status",{"userId":"bob"}])");
    CHECK(ann.read() == R"(31[{"ok":true,"userId":"bob","online":false}])");
}

TEST_CASE("the server does not start with a key that cannot be used") {
    CHECK_THROWS_WITH(running_server({.token_secret = "short"}),
                      doctest::Contains("needs 32 bytes or more"));
}

} // namespace sockeye::app
