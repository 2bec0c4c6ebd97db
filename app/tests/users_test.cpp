#include "net/recovery.hpp"
#include "support/users_server.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace sockeye::app {

using socketio::connect_refusal;

namespace {

users_options with_tokens() {
    return {.tokens = token_keys()};
}

std::string refusal_code(const std::string& packet) {
    INFO(packet);
    REQUIRE(packet.starts_with(R"(4{"message":")"));
    const std::string_view before = R"("data":{"code":")";
    const std::size_t begin = packet.find(before) + before.size();
    return packet.substr(begin, packet.find('"', begin) - begin);
}

std::string error_code(const std::string& answer) {
    INFO(answer);
    const std::string_view before = R"({"ok":false,"error":{"code":")";
    REQUIRE(answer.starts_with(before));
    return answer.substr(before.size(), answer.find('"', before.size()) - before.size());
}

std::string named(std::string_view user) {
    return R"({"userId":")" + std::string(user) + R"("})";
}

} // namespace

// ---- tokens at the handshake

TEST_CASE("a client that connects with a token is bound to its user") {
    for (const unsigned threads : {1u, 3u}) {
        users_server server(with_tokens(), {}, "node 7", threads);
        user_client ann(server, server.token("ann"));
        server.notes.await("bound ann");
        CHECK(ann.ask("whoami", "{}") == R"({"ok":true,"userId":"ann","socketId":")" + ann.id +
                                             R"(","node":"node 7","expiresAt":1700003600000})");
        ann.packets.close();
        server.notes.await("unbound ann");
    }
}

TEST_CASE("a refused token says why, in a code and in words, without the token") {
    users_server server(with_tokens());
    user_client client(server);
    const auto code_for = [&](std::string_view token) {
        return refusal_code(client.refused(user_client::auth(token)));
    };
    CHECK(client.refused(user_client::auth(server.token("ann", 0s))) ==
          R"(4{"message":"the token has expired","data":{"code":"TOKEN_EXPIRED"}})");
    CHECK(code_for(server.token("ann") + 'A') == "TOKEN_INVALID");
    CHECK(code_for("no token") == "TOKEN_INVALID");
    for (const std::string_view other : {R"({"token":7})", R"({"token":{"sub":"ann"}})",
                                         R"({"token":["ann"]})", R"({"token":false})"})
        CHECK(refusal_code(client.refused(other)) == "TOKEN_INVALID");
    CHECK(server.at.io.counters().connects == 0);
    CHECK_FALSE(client.join(server.token("ann")).empty()); // it may try again
}

TEST_CASE("a client without a token is nobody's, or refused where tokens are required") {
    for (const bool required : {false, true}) {
        users_server server({.tokens = token_keys(), .token_required = required});
        for (const std::string_view auth : {"", "{}", R"({"token":null})", R"({"token":""})"}) {
            user_client client(server);
            if (required) {
                CHECK(refusal_code(client.refused(auth)) == "TOKEN_MISSING");
            } else {
                client.packets.join("/", auth);
                CHECK(client.ask("whoami", "{}").starts_with(R"({"ok":true,"userId":null,)"));
            }
        }
        CHECK(server.notes.count("anonymous") == (required ? 0 : 4));
    }
}

TEST_CASE("tokens cannot be required where there is no key for them") {
    CHECK_THROWS_AS(users_server({.token_required = true}), std::invalid_argument);
}

TEST_CASE("where there is no key, what clients give as a token means nothing") {
    users_server server;
    user_client client(server, "anything");
    server.notes.await("anonymous");
}

TEST_CASE("other keys and rules count for those who connect from then on") {
    users_server server(with_tokens());
    user_client before(server, server.token("ann"));
    const auto other = testing::token_issuer::hs256("another secret of 32 bytes or so");
    server.service.set(
        {.tokens = std::make_shared<token_verifier>(token_sources{.secret = other.secret()}),
         .token_required = true});
    user_client after(server);
    CHECK(refusal_code(after.refused(user_client::auth(server.token("ann")))) == "TOKEN_INVALID");
    CHECK_FALSE(after.join(other.issue(R"({"sub":"bob","exp":1700000060})")).empty());
    CHECK(before.ask("whoami", "{}").starts_with(R"({"ok":true,"userId":"ann",)"));
    user_client without(server);
    CHECK(refusal_code(without.refused("{}")) == "TOKEN_MISSING");
    CHECK_THROWS_AS(server.service.set({.token_required = true}), std::invalid_argument);
}

TEST_CASE("nobody is let in by a service that has ended") {
    socketio::socketio_fixture server;
    memory_store state(server.http.shards(), [] { return 0ms; });
    {
        const context on{state, server.http.shards(), [] { return 0ms; }, "a",
                         [](engineio::log_level, std::string_view) {}};
        users service(on, server.io.of("/"), with_tokens());
        service.install();
    }
    server.start();
    auto client = server.connect();
    client.send("0");
    client.expect(R"(4{"message":"the server is about to stop"})");
}

TEST_CASE("whoever another middleware refuses has not been bound") {
    users_server server(with_tokens());
    server.at.io.use([](const socketio::socket&, const socketio::namespace_::connect_next& next) {
        next(connect_refusal{"full"});
    });
    user_client client(server);
    CHECK(client.refused(user_client::auth(server.token("ann"))) == R"(4{"message":"full"})");
    CHECK(server.notes.lines().empty());
}

// ---- register

TEST_CASE("without tokens clients say who they are, and the log says that they may") {
    users_server server;
    server.notes.await("users: whoever connects may say who they are: only for development");
    user_client client(server, "");
    CHECK(client.ask("register", named("ann")) == R"({"ok":true,"userId":"ann"})");
    CHECK(client.ask("whoami", "{}").starts_with(R"({"ok":true,"userId":"ann",)"));
    client.packets.close();
    server.notes.await("unbound ann");
}

TEST_CASE("a connection has one user: to register again is no change, or refused") {
    users_server server;
    user_client client(server, "");
    client.ask("register", named("ann"));
    CHECK(client.ask("register", named("ann")) == R"({"ok":true,"userId":"ann"})");
    CHECK(error_code(client.ask("register", named("bob"))) == "FORBIDDEN");
    CHECK(client.ask("whoami", "{}").starts_with(R"({"ok":true,"userId":"ann",)"));
    CHECK(server.notes.count("bound ann") == 1);
    CHECK(server.notes.count("bound bob") == 0);
}

TEST_CASE("with tokens nobody registers, unless the operator allows it") {
    users_server strict(with_tokens());
    user_client refused(strict, "");
    CHECK(error_code(refused.ask("register", named("ann"))) == "FORBIDDEN");
    CHECK(refused.ask("whoami", "{}").starts_with(R"({"ok":true,"userId":null,)"));

    users_server lax({.tokens = token_keys(), .allow_register = true});
    user_client client(lax, "");
    CHECK(client.ask("register", named("ann")) == R"({"ok":true,"userId":"ann"})");
    user_client bob(lax, lax.token("bob"));
    CHECK(error_code(bob.ask("register", named("ann"))) == "FORBIDDEN");

    users_server closed({.allow_register = false});
    user_client nobody(closed, "");
    CHECK(error_code(nobody.ask("register", named("ann"))) == "FORBIDDEN");
}

TEST_CASE("what is no user's name is refused") {
    users_server server;
    user_client client(server, "");
    for (const std::string& argument :
         {named(""), named(std::string(129, 'a')), named(R"(a\nb)"), std::string(R"({"userId":7})"),
          std::string("{}"), std::string("null"), std::string("[]")})
        CHECK(error_code(client.ask("register", argument)) == "BAD_REQUEST");
    CHECK(client.ask("register", named(std::string(128, 'a'))).starts_with(R"({"ok":true,)"));
}

// ---- reaching users

TEST_CASE("every device of a user hears what is emitted to the user, and nobody else") {
    users_server server(with_tokens(), {}, "a", 3);
    user_client phone(server, server.token("ann")), desk(server, server.token("ann")),
        bob(server, server.token("bob"));
    server.notes.await("bound ann", 2);
    server.service.emit_to_user("ann", "news", 7);
    phone.packets.expect(R"(2["news",7])");
    desk.packets.expect(R"(2["news",7])");
    CHECK(bob.packets.settle().empty());
}

TEST_CASE("a message goes from user to user") {
    users_server server(with_tokens());
    user_client ann(server, server.token("ann")), bob(server, server.token("bob")),
        nobody(server, "");
    CHECK(ann.ask("user:message", R"({"userId":"bob","data":"hi"})") ==
          R"({"ok":true,"delivered":false})"); // presence has not been told of him
    bob.packets.expect(R"(2["message",{"from":"ann","data":"hi"}])");
    ann.ask("user:message", R"({"userId":"bob","event":"poke","data":[1]})");
    bob.packets.expect(R"(2["poke",{"from":"ann","data":[1]}])");
    CHECK(error_code(ann.ask("user:message", R"({"userId":"bob","event":"token:expiring"})")) ==
          "BAD_REQUEST");
    CHECK(error_code(nobody.ask("user:message", R"({"userId":"bob"})")) == "UNAUTHENTICATED");
    CHECK(bob.packets.settle().empty());
}

namespace {

/// Two servers that are one cluster.
struct users_cluster {
    explicit users_cluster(socketio::cluster_options options = {}) {
        for (const char* const name : {"a", "b"}) {
            socketio::server_options io;
            io.adapter = [this, name, options](socketio::local_namespace& local) {
                return std::make_unique<socketio::counting_bus_adapter>(bus, name, local, options);
            };
            servers.push_back(std::make_unique<users_server>(with_tokens(), std::move(io), name));
        }
    }
    users_server& a() { return *servers[0]; }
    users_server& b() { return *servers[1]; }
    static socketio::outcome<bool> is_connected(const users_server& at, const std::string& user) {
        return socketio::socketio_fixture::wait(at.service.is_user_connected(user));
    }

    socketio::in_process_bus bus;
    std::vector<std::unique_ptr<users_server>> servers;
};

} // namespace

TEST_CASE("the whole cluster knows who is connected, and reaches them") {
    users_cluster cluster;
    CHECK_FALSE(cluster.is_connected(cluster.a(), "ann").result);
    user_client phone(cluster.a(), cluster.a().token("ann")),
        desk(cluster.b(), cluster.b().token("ann"));
    cluster.a().notes.await("bound ann");
    cluster.b().notes.await("bound ann");
    cluster.b().service.emit_to_user("ann", "news");
    phone.packets.expect(R"(2["news"])");
    desk.packets.expect(R"(2["news"])");
    phone.packets.close();
    cluster.a().notes.await("unbound ann");
    for (const auto& server : cluster.servers) {
        CHECK(cluster.is_connected(*server, "ann").result);
        CHECK_FALSE(cluster.is_connected(*server, "bob").result);
    }
}

TEST_CASE("a user is sent away from the whole cluster") {
    users_cluster cluster;
    user_client phone(cluster.a(), cluster.a().token("ann")),
        desk(cluster.b(), cluster.b().token("ann")), bob(cluster.b(), cluster.b().token("bob"));
    cluster.b().notes.await("bound ann");
    cluster.a().service.disconnect_user("ann");
    for (user_client* device : {&phone, &desk}) {
        device->packets.expect("1");
        device->packets.expect_closed();
    }
    cluster.a().notes.await("unbound ann");
    cluster.b().notes.await("unbound ann");
    CHECK_FALSE(cluster.is_connected(cluster.b(), "ann").result);
    CHECK(bob.packets.settle().empty());
}

TEST_CASE("an instance that does not answer makes an absence unknown, and no presence") {
    users_cluster cluster({.request_timeout = 50ms});
    user_client ann(cluster.a(), cluster.a().token("ann"));
    cluster.a().notes.await("bound ann");
    cluster.bus.silence("b");
    const auto known = cluster.is_connected(cluster.a(), "ann");
    CHECK(known.error.empty());
    CHECK(known.result);
    CHECK_FALSE(cluster.is_connected(cluster.a(), "bob").error.empty());
}

// ---- the end of a token

TEST_CASE("a client is told that its token runs out, and disconnected when it has") {
    users_server server({.tokens = token_keys(), .expiry_notice = 20ms});
    user_client ann(server, server.token("ann", 40ms));
    CHECK(ann.packets.settle().empty());
    server.clock.pass(20ms);
    ann.packets.expect(R"(2["token:expiring",{"expiresAt":1700000000040}])");
    CHECK(ann.packets.settle().empty());
    server.clock.pass(20ms);
    ann.packets.expect("1");
    ann.packets.expect_closed();
    server.notes.await("unbound ann");
}

TEST_CASE("a token that counts for less than the notice is told of at once") {
    users_server server({.tokens = token_keys(), .expiry_notice = 1h});
    user_client ann(server, server.token("ann", 1min));
    ann.packets.expect(R"(2["token:expiring",{"expiresAt":1700000060000}])");
}

TEST_CASE("a newer token of the user keeps the connection") {
    users_server server({.tokens = token_keys(), .expiry_notice = 20ms});
    user_client ann(server, server.token("ann", 40ms)), witness(server, server.token("bob", 50ms));
    CHECK(ann.ask("token:refresh", R"({"token":")" + server.token("ann", 1h) + R"("})") ==
          R"({"ok":true,"userId":"ann","expiresAt":1700003600000})");
    server.clock.pass(50ms);
    witness.packets.expect("1"); // its time was up after hers
    CHECK(ann.packets.settle().empty());
    CHECK(ann.ask("whoami", "{}").ends_with(R"("expiresAt":1700003600000})"));

    CHECK(ann.ask("token:refresh", R"({"token":")" + server.token("ann", 20ms) + R"("})")
              .starts_with(R"({"ok":true)"));
    CHECK(ann.packets.read().starts_with(R"(2["token:expiring",)")); // told again, of the new time
    server.clock.pass(20ms);
    ann.packets.expect("1");
}

TEST_CASE("a token without an end ends the waiting for one") {
    users_server server(
        {.tokens = token_keys({.clock_skew = 0s, .require_expiry = false}), .expiry_notice = 20ms});
    user_client ann(server, server.token("ann", 40ms)), witness(server, server.token("bob", 50ms));
    CHECK(ann.ask("token:refresh", R"({"token":")" + issuer().issue(R"({"sub":"ann"})") +
                                       R"("})") == R"({"ok":true,"userId":"ann"})");
    server.clock.pass(50ms);
    witness.packets.expect("1");
    CHECK(ann.packets.settle().empty());
}

TEST_CASE("a token that does not fit the connection changes nothing") {
    users_server server({.tokens = token_keys(), .allow_register = true});
    user_client ann(server, server.token("ann")), nobody(server, "");
    const auto code_for = [](user_client& client, const std::string& token) {
        return error_code(client.ask("token:refresh", R"({"token":")" + token + R"("})"));
    };
    CHECK(code_for(ann, server.token("bob")) == "FORBIDDEN");
    CHECK(code_for(ann, server.token("ann", 0s)) == "TOKEN_EXPIRED");
    CHECK(code_for(ann, "no token") == "TOKEN_INVALID");
    CHECK(error_code(ann.ask("token:refresh", "{}")) == "BAD_REQUEST");
    CHECK(code_for(nobody, server.token("ann")) == "UNAUTHENTICATED");
    CHECK(ann.ask("whoami", "{}").ends_with(R"("expiresAt":1700003600000})"));

    users_server without;
    user_client client(without, "");
    CHECK(code_for(client, server.token("ann")) == "FORBIDDEN");
}

// ---- connections that go on

namespace {

/// A connection of ann's that has broken off, and what its client comes back with.
struct broken_connection {
    broken_connection(users_server& server, milliseconds life) {
        user_client ann(server, server.token("ann", life));
        id = ann.id;
        private_id = ann.packets.private_id();
        server.at.io.to(id).emit("first");
        offset = socketio::last_argument(ann.packets.read());
        ann.packets.close();
        server.notes.await("unbound ann");
    }
    [[nodiscard]] std::string auth(std::string_view token) const {
        return R"({"token":")" + std::string(token) + R"(","pid":")" + private_id +
               R"(","offset":")" + offset + R"("})";
    }
    std::string id, private_id, offset;
};

} // namespace

TEST_CASE("a connection that goes on is its user's, until the same time") {
    users_server server({.tokens = token_keys(), .token_required = true, .expiry_notice = 20ms},
                        socketio::recovering());
    const broken_connection former(server, 40ms);
    user_client ann(server);
    CHECK(ann.packets.join("/", former.auth("")) == former.id);
    server.notes.await("bound ann", 2);
    server.service.emit_to_user("ann", "second");
    CHECK(ann.packets.read().starts_with(R"(2["second",)"));
    server.clock.pass(40ms);
    ann.packets.expect("1");
    ann.packets.expect_closed();
}

TEST_CASE("a connection whose token ran out meanwhile does not go on") {
    // Whose notice it has not missed either.
    users_server server({.tokens = token_keys(), .expiry_notice = 20ms}, socketio::recovering());
    const broken_connection former(server, 40ms);
    server.clock.pass(40ms);
    user_client ann(server);
    ann.packets.join("/", former.auth(""));
    ann.packets.expect("1");
    ann.packets.expect_closed();
    CHECK(server.notes.count("bound ann") == 1);
}

TEST_CASE("who comes back with a newer token is the user's until that runs out") {
    users_server server(with_tokens(), socketio::recovering());
    const broken_connection former(server, 1h);
    user_client ann(server);
    CHECK(ann.packets.join("/", former.auth(server.token("ann", 2h))) == former.id);
    CHECK(ann.ask("whoami", "{}").ends_with(R"("expiresAt":1700007200000})"));
}

TEST_CASE("who comes back with the token of old, which was refreshed since, is still the user's") {
    users_server server(with_tokens(), socketio::recovering());
    const broken_connection former(server, 1h);
    user_client ann(server);
    CHECK(ann.packets.join("/", former.auth(server.token("ann", 0s))) == former.id);
    CHECK(ann.ask("whoami", "{}").ends_with(R"("expiresAt":1700003600000})"));
}

TEST_CASE("who comes back as another user does not go on") {
    users_server server(with_tokens(), socketio::recovering());
    const broken_connection former(server, 1h);
    user_client bob(server);
    bob.packets.join("/", former.auth(server.token("bob")));
    bob.packets.expect("1");
    bob.packets.expect_closed();
    CHECK(server.notes.count("bound ann") == 1);
    CHECK(server.notes.count("bound bob") == 0);
}

TEST_CASE("the same holds where connections that go on pass middlewares") {
    socketio::recovery_options how;
    how.skip_middlewares = false;
    users_server server({.tokens = token_keys(), .token_required = true},
                        socketio::recovering(how));
    const broken_connection first(server, 1h), second(server, 1h);
    user_client ann(server), bob(server);
    CHECK(ann.packets.join("/", first.auth("")) == first.id);
    CHECK(refusal_code(bob.refused(second.auth(server.token("bob")))) == "TOKEN_INVALID");
}

} // namespace sockeye::app
