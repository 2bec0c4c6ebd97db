// What is the classic adapter's own: its channels, version 7's requests, and what it does not read.

#include "codec/classic_message.hpp"
#include "net/redis_group.hpp"

#include <sockeye/adapter_redis/emitter.hpp>
#include <sockeye/socketio/cluster_adapter.hpp>

#include <future>
#include <utility>

namespace sockeye::adapter_redis {
namespace {

const packets none;

// Whoever is in the group's servers, by the way of Redis: "channel=payload" among the notes.
void listen(redis_group& at, std::string_view channels) {
    const std::string ready = "ready " + std::string(channels);
    at.outsider.subscribe(
        pattern, channels,
        [&](std::string_view channel, std::string_view payload) {
            at.notes.add(std::string(channel) + "=" + std::string(payload));
        },
        [&at, ready] { at.notes.add(ready); });
    at.notes.await(ready);
}

std::string uid_of(const socketio::namespace_& nsp) {
    return dynamic_cast<socketio::cluster_adapter&>(nsp.adapter()).uid();
}

// One's own requests are not answered, so that a stranger's come from nobody here.
void request(redis_group& at, const std::string& members) {
    at.publish(plain, "socket.io-request#/#",
               R"({"uid":"xyzxyz","requestId":"id",)" + members + "}");
}

std::string response_to_stranger(const std::string& members) {
    return R"(socket.io-response#/#={"requestId":"id")" + members + "}";
}

} // namespace

TEST_CASE("classic: servers of version 7 ask for ids") {
    redis_group at;
    listen(at, "socket.io-response#/#*");
    at.enter(1, "r");
    request(at, R"("type":0,"rooms":["r"])");
    at.notes.await(response_to_stranger(R"(,"sockets":[")" + at.ids[1] + "\"]"));
    at.notes.await(response_to_stranger(R"(,"sockets":[])"), 2);
}

TEST_CASE("classic: servers of version 7 ask for rooms") {
    redis_group at;
    listen(at, "socket.io-response#/#*");
    request(at, R"("type":1)");
    for (const std::string& id : at.ids)
        at.notes.await(response_to_stranger(R"(,"rooms":[")" + id + "\"]"));
}

TEST_CASE("classic: servers of version 7 make a single socket join, leave and disconnect") {
    redis_group at;
    listen(at, "socket.io-response#/#*");
    const std::string sid = R"("sid":")" + at.ids[1] + '"';
    request(at, R"("type":2,"room":"r",)" + sid);
    at.notes.await(response_to_stranger(""));
    at.a().to("r").emit("e");
    CHECK(at.received() == lists{none, {R"(2["e"])"}, none});
    request(at, R"("type":3,"room":"r",)" + sid);
    at.notes.await(response_to_stranger(""), 2);
    at.a().to("r").emit("e");
    CHECK(at.received() == lists{none, none, none});
    request(at, R"("type":4,"close":true,)" + sid);
    at.notes.await(response_to_stranger(""), 3);
    at.clients[1].expect("1").expect_closed();
}

TEST_CASE("classic: what follows a join of version 7 comes to who joins") {
    redis_group at(of_classic(), 2);
    auto& shards = at.at(1).http.shards();
    at.links["b"]->subscribe(
        plain, "probe",
        [&](auto, std::string_view shard) {
            const auto found = [&at] { at.notes.add("heard"); };
            shards.post(shard == "0" ? 0 : 1, found);
        },
        [&] { at.notes.add("listens"); });
    at.notes.await("listens");
    // One is on a shard beside the one that handles what comes.
    auto another = at.at(1).connect();
    const std::string another_id = another.join();
    const std::string broadcast =
        encode(classic_broadcast{"xyzxyz", {{"e"}, "/"}, {{"r"}, {}}, {}});
    int heard = 0;
    for (const unsigned shard : {0U, 1U}) {
        const auto hear = [&] {
            at.publish(plain, "probe", shard == 0 ? "1" : "0");
            at.notes.await("heard", ++heard);
        };
        std::promise<void> gate;
        shards.post(shard, [open = gate.get_future().share()] { open.wait(); });
        for (const std::string& id : {at.ids[1], another_id})
            request(at, R"("type":2,"room":"r","sid":")" + id + '"');
        hear();
        at.publish(plain, "socket.io#/#r#", broadcast);
        hear();
        gate.set_value();
        at.clients[1].expect(R"(2["e"])");
        another.expect(R"(2["e"])");
        at.b().in("r").sockets_leave("r");
        REQUIRE(wait(at.b().in("r").fetch_sockets()).result.empty());
    }
    another.close();
}

TEST_CASE("classic: what is no message is counted, and changes nothing") {
    redis_group at;
    at.publish(plain, "socket.io#/#", "no message");
    at.publish(plain, "socket.io-request#/#", R"({"type":2,"uid":7})");
    at.publish(plain, "socket.io-response#/#", "{");
    at.a().emit("e");
    for (auto& client : at.clients)
        client.expect(R"(2["e"])");
    at.await_malformed({3, 3, 3});
}

TEST_CASE("classic: what is for rooms that no client is in is not read") {
    redis_group at;
    at.enter(1, "r");
    at.publish(plain, "socket.io#/#r#", "no message");
    at.publish(plain, "socket.io#/#elsewhere#", "no message");
    at.publish(plain, "socket.io#/#", "no message");
    at.await_malformed({1, 2, 1});
}

TEST_CASE("classic: too much that waits to be handled is dropped and counted") {
    classic_options options;
    options.common.max_incoming_bytes = 20;
    redis_group at(of_classic(options));
    std::promise<void> gate;
    at.b().of("/").on("wait", [open = gate.get_future().share()] { open.wait(); });
    at.a().server_side_emit("wait");
    at.a().emit("dropped");
    at.at(1).notes.await("log namespace /: more than 20 bytes of other servers' messages wait to "
                         "be handled, dropping what comes");
    gate.set_value();
    REQUIRE(socketio_fixture::becomes_true(
        [&] { return at.b().counters().cluster_messages_dropped == 1; }));
    CHECK(at.clients[1].settle() == none);
    at.a().emit("taken");
    at.clients[1].expect(R"(2["taken"])");
}

TEST_CASE("classic: answers go to all servers, or to the one that asked") {
    for (const bool direct : {false, true}) {
        classic_options options;
        options.publish_on_specific_response_channel = direct;
        redis_group at(of_classic(options));
        at.outsider.subscribe(
            pattern, "socket.io-response#/#*",
            [&](std::string_view channel, std::string_view) { at.notes.add(std::string(channel)); },
            [&] { at.notes.add("ready"); });
        at.notes.await("ready");
        CHECK(wait(at.a().fetch_sockets()).result.size() == 3);
        const std::string own = "socket.io-response#/#" + uid_of(at.a().of("/")) + "#";
        at.notes.await(direct ? own : "socket.io-response#/#", 2);
        const auto answers = wait(at.a().server_side_emit_with_ack("ask"));
        CHECK(answers.result.size() == 2);
        at.notes.await("socket.io-response#/#", direct ? 2 : 4);
    }
}

TEST_CASE("classic: names of namespaces are no patterns, and keys keep clusters apart") {
    classic_options options;
    options.key = "a*[b]";
    redis_group at(of_classic(options));
    const std::string nsp = "/[x]*?";
    at.await_members(nsp);
    for (auto& client : at.clients)
        client.join(nsp);
    at.a().of(nsp).emit("e");
    for (auto& client : at.clients)
        client.expect("2" + nsp + R"(,["e"])");
    at.publish(plain, "socket.io#/#", "of another cluster");
    CHECK(at.received() == lists{none, none, none});
    CHECK(at.a().counters().cluster_messages_malformed == 0);
}

TEST_CASE("classic: fetching sockets fails with the reference's words") {
    classic_options options;
    options.common.request_timeout = 1s; // enough for those that do answer
    redis_group at(of_classic(options));
    // Counted, but no server.
    const auto which = at.outsider.subscribe(plain, "socket.io-request#/#", [](auto, auto) {}, {});
    at.await_count(0, "/", 4);
    CHECK(wait(at.a().timeout(1min).fetch_sockets()).error ==
          "timeout reached while waiting for fetchSockets response");
    CHECK(wait(at.a().server_side_emit_with_ack("ask")).error ==
          "timeout reached: only 2 responses received out of 3");
    at.outsider.unsubscribe(which);
}

TEST_CASE("classic: a namespace that ends on a server is not one of its any more") {
    redis_group at;
    at.await_members("/own");
    at.clients.pop_back();
    at.at(2).finish();
    at.await_subscribers(plain, "socket.io-request#/own#", 2);
}

// ---- the emitter

TEST_CASE("emitter: reaches the clients of all servers") {
    redis_group at;
    at.await_members("/chat");
    auto chatting = at.at(2).connect();
    chatting.join("/chat");
    const emitter io = classic_emitter(at.links["a"]);
    io.emit("e", 1, binary{"\x01"});
    for (auto& client : at.clients) {
        client.expect(R"(51-["e",1,{"_placeholder":true,"num":0}])");
        client.read_binary();
    }
    io.of("chat").emit("f");
    chatting.expect(R"(2/chat,["f"])");
    chatting.close();
    io.to(at.ids[0]).sockets_join("r");
    io.to({"r", at.ids[1]}).except("r").volatile_().compress(false).emit("g");
    at.clients[1].expect(R"(2["g"])");
    io.in("r").emit("h");
    at.clients[0].expect(R"(2["h"])");
    io.in("r").sockets_leave("r");
    io.to("r").emit("i");
    io.server_side_emit("note", "hi");
    for (const char* const name : {"a hi", "b hi", "c hi"})
        at.notes.await(name);
    CHECK(at.clients[0].settle() == none);
    io.disconnect_sockets(true);
    for (auto& client : at.clients)
        client.expect("1").expect_closed();
}

TEST_CASE("emitter: refuses what it cannot do") {
    redis_group at;
    const emitter io = classic_emitter(at.links["a"]);
    CHECK_THROWS_WITH_AS(io.emit("connect"), "\"connect\" is a reserved event name",
                         std::invalid_argument);
    CHECK_THROWS_WITH_AS(io.server_side_emit("ask", [](const ack_error&, const array&) {}),
                         "Acknowledgements are not supported", std::invalid_argument);
}

} // namespace sockeye::adapter_redis
