// Users of the whole server, as its configuration says.

#include "net/socketio_fixture.hpp"
#include "support/running_server.hpp"
#include "support/token_issuer.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

using socketio::packet_client;
using socketio::socketio_fixture;

namespace {

const std::string secret = "a secret of thirty-two bytes, no";

std::string token(std::string_view issuer) {
    return testing::token_issuer::hs256(secret).issue(
        R"({"sub":"ann","exp":4102444800,"aud":"chat","iss":")" + std::string(issuer) + R"("})");
}

/// What the server says to a client with that token.
std::string answer_to(packet_client& client, std::string_view given) {
    client.send(R"(0{"token":")" + std::string(given) + R"("})");
    return client.read();
}

} // namespace

TEST_CASE("the server takes the tokens of its configuration, and knows who is online") {
    running_server server({.token_secret = secret,
                           .token_issuer = "https://id",
                           .token_audience = "chat",
                           .token_required = true});
    packet_client stranger(server.port()), ann(server.port());
    CHECK(answer_to(stranger, token("https://other")) ==
          R"(4{"message":"the token is from another issuer","data":{"code":"TOKEN_INVALID"}})");
    REQUIRE(answer_to(ann, token("https://id")).starts_with(R"(0{"sid":)"));
    CHECK(socketio_fixture::becomes_true([&] {
        ann.send(R"(21["user:status",{"userId":"ann"}])");
        return ann.read().starts_with(R"(31[{"ok":true,"userId":"ann","online":true,"socketId":)");
    }));
    ann.send(R"(21["user:status",{"userId":"bob"}])");
    CHECK(ann.read() == R"(31[{"ok":true,"userId":"bob","online":false}])");
}

TEST_CASE("how users are known may change while the server runs") {
    running_server server;
    packet_client before(server.port()), after(server.port());
    CHECK(answer_to(before, "anything").starts_with(R"(0{"sid":)"));
    server_config changed{.token_secret = secret, .token_required = true};
    server.server().reload(changed);
    CHECK(answer_to(after, "anything").find("TOKEN_INVALID") != std::string::npos);
    before.send(R"(21["register",{"userId":"ann"}])");
    CHECK(before.read().find("FORBIDDEN") != std::string::npos);
    changed.token_secret = "short";
    CHECK_THROWS(server.server().reload(changed));
    CHECK(answer_to(after, token("any")).starts_with(R"(0{"sid":)"));
    server.server().reload({});
    packet_client again(server.port());
    CHECK(answer_to(again, "anything").starts_with(R"(0{"sid":)"));
}

TEST_CASE("the server does not start with a key that cannot be used") {
    CHECK_THROWS_WITH(running_server({.token_secret = "short"}),
                      doctest::Contains("needs 32 bytes or more"));
}

} // namespace sockeye::app
