// The streams adapter where the stream is a key of a Redis Cluster, and moves.

#include "codec/stream_entries.hpp"
#include "net/cluster_servers.hpp"
#include "net/comeback.hpp"
#include "net/linked_group.hpp"

#include <sockeye/adapter_redis/emitter.hpp>

namespace sockeye::adapter_redis {
namespace {

class streams_group : public linked_group<cluster_servers, redis_cluster> {
public:
    explicit streams_group(const streams_options& with = {}, const server_options& options = {})
        : linked_group(of_streams(with), 2, options) {}

    // "a" speaks; all clients get all of it, once.
    void speak(int first, int last) {
        packets sent;
        for (int i = first; i <= last; ++i) {
            a().emit("e", i);
            sent.push_back(R"(2["e",)" + std::to_string(i) + "]");
        }
        for (auto& client : clients) {
            packets heard;
            for (std::size_t i = 0; i < sent.size(); ++i)
                heard.push_back(client.read());
            CHECK(sorted(heard) == sorted(sent));
        }
    }
};

} // namespace

TEST_CASE("streams in a cluster: servers are joined, whatever medium a message takes") {
    streams_options options;
    options.stream_count = 3;
    options.sharded_pubsub = true;
    streams_group at(options);
    for (const char* const nsp : {"/", "/chat", "/dashboard"}) {
        at.await_members(nsp);
        if (nsp != std::string("/"))
            for (auto& client : at.clients)
                client.join(nsp);
        at.a().of(nsp).emit("e");
        const std::string place = nsp == std::string("/") ? "" : nsp + std::string(",");
        for (auto& client : at.clients)
            client.expect("2" + place + R"(["e"])");
    }
    CHECK(texts(wait(at.a().server_side_emit_with_ack("ask")).result) == packets{"b", "c"});
    CHECK(wait(at.b().fetch_sockets()).result.size() == 3);
    streams_emitter(at.links["b"], options).emit("f");
    for (auto& client : at.clients)
        client.expect(R"(2["f"])");
}

TEST_CASE("streams in a cluster: nothing is lost or said twice while the stream moves") {
    streams_group at;
    const std::size_t slot = slot_of("socket.io");
    const std::size_t from = at.redis.server_of("socket.io");
    const std::size_t to = (from + 1) % 3;
    at.speak(1, 50);
    at.redis.begin_to_move(slot, from, to);
    at.speak(51, 100);
    at.redis.move_key("socket.io", from, to);
    at.speak(101, 150);
    at.redis.give_slot(slot, to);
    at.speak(151, 200);
    CHECK(ask(*at.redis.links[to], {"XLEN", "socket.io"}).integer == 200);
}

TEST_CASE("streams in a cluster: what is said while the stream's server is dead comes later") {
    streams_group at;
    const std::size_t home = at.redis.server_of("socket.io");
    replica_of successor(at.redis, home);
    at.speak(1, 50);
    await([&] {
        return ask(successor.link, {"ROLE"}).items.at(4).integer ==
               ask(*at.redis.links[home], {"ROLE"}).items.at(1).integer;
    });
    at.redis.servers[home].kill();
    await([&] { return !at.links["a"]->reaches("socket.io"); });
    packets sent;
    for (int i = 0; i < 50; ++i) {
        at.a().emit("e", i);
        sent.push_back(R"(2["e",)" + std::to_string(i) + "]");
    }
    successor.take_over();
    for (auto& client : at.clients)
        for (const std::string& packet : sent)
            client.expect(packet);
    at.speak(51, 100);
}

TEST_CASE("streams in a cluster: a client comes back to another server") {
    socketio::server_options options;
    options.recovery.emplace();
    streams_group at({}, options);
    const std::string private_id = at.clients[1].private_id();
    at.a().emit("seen");
    const std::string offset = offset_of(at.clients[1].read());
    at.clients[1].close();
    const std::string key = "sio:session:" + private_id;
    await([&] {
        return ask(*at.redis.links[at.redis.server_of(key)], {"EXISTS", key}).integer == 1;
    });
    at.a().emit("missed");
    for (const char* const name : {"seen", "missed"}) // "c" has all of it
        CHECK(at.clients[2].read().starts_with("2[\"" + std::string(name)));
    auto again = at.at(2).connect();
    const comeback got = come_back(again, private_id, offset);
    CHECK(got.id == at.ids[1]);
    REQUIRE(got.missed.size() == 1);
    CHECK(got.missed[0].starts_with(R"(2["missed",")"));
    again.close();
    at.clients[1] = at.at(1).connect();
}

} // namespace sockeye::adapter_redis
