#include "net/cluster_fixture.hpp"
#include "net/joined_servers.hpp"

#include <future>
#include <memory>
#include <utility>

namespace sockeye::socketio {
namespace {

using lists = std::vector<packets>;

const packets none;

packets ids_of(const std::vector<remote_socket>& sockets) {
    packets ids;
    for (const remote_socket& one : sockets)
        ids.push_back(one.id());
    return sorted(std::move(ids));
}

remote_socket socket_of(cluster_fixture& at, std::size_t client) {
    return wait(at.a().to(at.ids[client]).fetch_sockets()).result.at(0);
}

} // namespace

// ---- broadcast

TEST_CASE("cluster: broadcasts to all clients") {
    in_every_cluster(broadcast_to_all_clients);
}

TEST_CASE("cluster: broadcasts to all clients in a namespace, and to no other") {
    in_every_cluster(broadcast_within_a_namespace<cluster_fixture>);
}

TEST_CASE("cluster: broadcasts to all clients in a room") {
    in_every_cluster([](cluster_fixture& at) {
        at.enter(1, "r");
        at.a().to("r").emit("e");
        CHECK(at.received() == lists{none, {R"(2["e"])"}, none});
    });
}

TEST_CASE("cluster: broadcasts to all clients except in room") {
    in_every_cluster([](cluster_fixture& at) {
        at.enter(1, "r");
        at.a().except("r").emit("e");
        CHECK(at.received() == lists{{R"(2["e"])"}, none, {R"(2["e"])"}});
    });
}

TEST_CASE("cluster: broadcasts to local clients only") {
    in_every_cluster([](cluster_fixture& at) {
        at.a().local().emit("e");
        CHECK(at.received() == lists{{R"(2["e"])"}, none, none});
    });
}

TEST_CASE("cluster: broadcasts to local clients even when nothing can be published") {
    cluster_fixture at;
    at.bus.break_down();
    at.a().emit("e");
    at.clients[0].expect(R"(2["e"])");
}

TEST_CASE("cluster: local clients get a broadcast when it is on its way") {
    cluster_fixture at;
    at.bus.confirm_late();
    at.a().emit("e");
    at.clients[1].expect(R"(2["e"])");
    CHECK(at.clients[0].settle() == none);
    at.bus.confirm();
    at.clients[0].expect(R"(2["e"])");
}

TEST_CASE("cluster: offsets of a log end the arguments everywhere, but for volatile events") {
    cluster_fixture at;
    at.bus.keep_offsets();
    at.a().emit("e", 1);
    for (auto& client : at.clients)
        client.expect(R"(2["e",1,"1"])");
    at.a().volatile_().emit("v");
    for (auto& client : at.clients)
        client.expect(R"(2["v"])");
    at.b().emit("f");
    for (auto& client : at.clients)
        client.expect(R"(2["f","3"])");
}

TEST_CASE("cluster: flags travel with a broadcast") {
    cluster_fixture at;
    std::promise<value> told;
    at.bus.on_the_way([&](std::string_view, std::string_view to, const value& message) {
        if (to == "b") told.set_value(*message.find("data")->find("opts")->find("flags"));
        return in_process_bus::fate::is_lost;
    });
    at.a().volatile_().compress(false).emit("e");
    CHECK(told.get_future().get() == value(object{{"volatile", true}, {"compress", false}}));
}

// ---- broadcast with acknowledgements

TEST_CASE("cluster: broadcasts with multiple acknowledgements") {
    in_every_cluster(gather_acknowledgements);
}

TEST_CASE("cluster: broadcasts with multiple acknowledgements (binary content)") {
    cluster_fixture at;
    const auto answer = at.a().to(at.ids[1]).timeout(1min).emit_with_ack("q", binary{"\x01"});
    at.clients[1].expect(R"(51-0["q",{"_placeholder":true,"num":0}])");
    CHECK(at.clients[1].read_binary() == "\x01");
    at.clients[1].send(R"(61-0[{"_placeholder":true,"num":0}])");
    at.clients[1].send_binary("\x02");
    CHECK(wait(answer).result == array{binary{"\x02"}});
}

TEST_CASE("cluster: broadcasts with multiple acknowledgements (no client)") {
    in_every_cluster(ask_nobody_to_acknowledge);
}

TEST_CASE("cluster: broadcasts with multiple acknowledgements (timeout)") {
    in_every_cluster([](cluster_fixture& at) {
        const auto answer = at.a().everyone().timeout(50ms).emit_with_ack("q");
        CHECK(wait(answer).error == "operation has timed out");
    });
}

TEST_CASE("cluster: a broadcast that times out yields the acknowledgements that came") {
    in_every_cluster(gather_acknowledgements_until_the_time_out);
}

TEST_CASE("cluster: broadcasts with a single acknowledgement (local)") {
    cluster_fixture at;
    socket_of(at, 0).timeout(1min).emit("q", [&](const ack_error& error, int answer) {
        at.notes.add(error.message + std::to_string(answer));
    });
    at.clients[0].expect(R"(20["q"])");
    at.clients[0].send("30[7]");
    at.notes.await("7");
}

TEST_CASE("cluster: broadcasts with a single acknowledgement (remote)") {
    in_every_cluster([](cluster_fixture& at) {
        socket_of(at, 1).timeout(1min).emit("q", [&](const ack_error& error, int answer) {
            at.notes.add(error.message + std::to_string(answer));
        });
        at.clients[1].expect(R"(20["q"])");
        at.clients[1].send("30[7]");
        at.notes.await("7");
    });
}

TEST_CASE("cluster: a local broadcast with acknowledgements asks no other server") {
    cluster_fixture at;
    const auto answer = at.a().local().timeout(1min).emit_with_ack("q");
    at.clients[0].expect(R"(20["q"])");
    at.clients[0].send("30[1]");
    CHECK(wait(answer).result == array{1});
    CHECK(at.received() == lists{none, none, none});
}

// ---- sockets_join, sockets_leave

TEST_CASE("cluster: makes all socket instances join the specified room") {
    in_every_cluster([](cluster_fixture& at) {
        at.a().sockets_join("r");
        at.a().to("r").emit("e");
        CHECK(at.received() == lists{{R"(2["e"])"}, {R"(2["e"])"}, {R"(2["e"])"}});
    });
}

TEST_CASE("cluster: makes the matching socket instances join the specified room") {
    in_every_cluster([](cluster_fixture& at) {
        at.enter(0, "r1");
        at.enter(2, "r1");
        at.a().in("r1").sockets_join({"r2", "r3"});
        at.a().to("r2").except(at.ids[2]).emit("e");
        at.a().to("r3").emit("f");
        CHECK(at.received() == lists{{R"(2["e"])", R"(2["f"])"}, none, {R"(2["f"])"}});
    });
}

TEST_CASE("cluster: makes the given socket instance join the specified room") {
    in_every_cluster([](cluster_fixture& at) {
        socket_of(at, 1).join("r");
        at.a().to("r").emit("e");
        CHECK(at.received() == lists{none, {R"(2["e"])"}, none});
    });
}

TEST_CASE("cluster: makes all socket instances leave the specified room") {
    in_every_cluster([](cluster_fixture& at) {
        at.a().sockets_join("r");
        at.a().sockets_leave("r");
        at.a().to("r").emit("e");
        CHECK(at.received() == lists{none, none, none});
    });
}

TEST_CASE("cluster: makes the matching socket instances leave the specified room") {
    in_every_cluster([](cluster_fixture& at) {
        at.a().sockets_join({"r1", "r2"});
        at.enter(1, "r3");
        at.a().in("r3").sockets_leave({"r1", "r2"});
        at.a().to("r1").emit("e");
        CHECK(at.received() == lists{{R"(2["e"])"}, none, {R"(2["e"])"}});
    });
}

TEST_CASE("cluster: makes the given socket instance leave the specified room") {
    in_every_cluster([](cluster_fixture& at) {
        at.a().sockets_join("r");
        socket_of(at, 1).leave("r");
        at.a().to("r").emit("e");
        CHECK(at.received() == lists{{R"(2["e"])"}, none, {R"(2["e"])"}});
    });
}

TEST_CASE("cluster: local joins, leaves and disconnects stay on this server") {
    cluster_fixture at;
    at.a().local().sockets_join("r");
    at.a().to("r").emit("e");
    CHECK(at.received() == lists{{R"(2["e"])"}, none, none});
    at.b().local().sockets_leave("r");
    at.b().local().disconnect_sockets();
    at.clients[1].expect("1");
    at.a().to("r").emit("f");
    at.clients[0].expect(R"(2["f"])");
    CHECK(at.clients[2].settle() == none);
}

// ---- disconnect_sockets

TEST_CASE("cluster: makes all socket instances disconnect") {
    in_every_cluster([](cluster_fixture& at) {
        at.a().disconnect_sockets(true);
        for (auto& client : at.clients)
            client.expect("1").expect_closed();
    });
}

TEST_CASE("cluster: sends a packet before all socket instances disconnect") {
    in_every_cluster(say_goodbye_and_disconnect);
}

TEST_CASE("cluster: a remote socket can be disconnected") {
    cluster_fixture at;
    socket_of(at, 2).disconnect();
    at.clients[2].expect("1");
}

// ---- fetch_sockets

TEST_CASE("cluster: returns all socket instances, with what is known of them") {
    in_every_cluster([](cluster_fixture& at) {
        at.enter(1, "r");
        const auto found = wait(at.a().fetch_sockets());
        CHECK(found.error.empty());
        CHECK(ids_of(found.result) == sorted(at.ids));
        const remote_socket remote = socket_of(at, 1);
        CHECK(remote.rooms() == packets{at.ids[1], "r"});
        CHECK(remote.data() == value(object{{"server", "b"}}));
        CHECK(remote.handshake().address == "127.0.0.1");
        CHECK(remote.handshake().url == "/socket.io/?transport=websocket&EIO=4");
    });
}

TEST_CASE("cluster: returns a single socket instance") {
    in_every_cluster([](cluster_fixture& at) {
        const auto found = wait(at.a().in(at.ids[2]).fetch_sockets());
        CHECK(ids_of(found.result) == packets{at.ids[2]});
    });
}

TEST_CASE("cluster: returns only local socket instances") {
    in_every_cluster([](cluster_fixture& at) {
        const auto found = wait(at.a().local().fetch_sockets());
        CHECK(ids_of(found.result) == packets{at.ids[0]});
    });
}

TEST_CASE("cluster: fetching sockets fails when a server does not answer in time") {
    in_every_cluster([](cluster_fixture& at) {
        at.bus.on_the_way([](std::string_view from, std::string_view, const value&) {
            return from == "a" ? in_process_bus::fate::arrives : in_process_bus::fate::is_lost;
        });
        const auto found = wait(at.a().timeout(20ms).fetch_sockets());
        CHECK(found.error == (at.heartbeats()
                                  ? "timeout reached: missing 2 responses"
                                  : "timeout reached: only 0 responses received out of 2"));
    });
}

// ---- what waits for shards

TEST_CASE("cluster: what is kept for a message is let go of when the last shard has done it") {
    in_process_bus bus;
    local_namespace* local = nullptr;
    cluster_adapter* adapter = nullptr;
    server_options options;
    options.adapter = [&](local_namespace& of) {
        auto made = std::make_unique<counting_bus_adapter>(bus, "a", of, cluster_options());
        local = &of;
        adapter = made.get();
        return made;
    };
    socketio_fixture at(std::move(options), 2);
    at.start();
    auto client = at.connect();
    client.join();
    const std::pair<const char*, cluster_message::content> orders[] = {
        {"broadcast", cluster::broadcast{{"e"}, {}, {}}},
        {"unanswered", cluster::broadcast{{"e"}, {}, {}, "1"}},
        {"join", cluster::join{{}, {}, {"r"}}},
        {"leave", cluster::leave{{}, {}, {"r"}}},
        {"fetch", cluster::fetch_sockets{{}, {}, "2"}},
        {"disconnect", cluster::disconnect{{}, {}, false}}};
    for (const auto& [name, order] : orders) {
        INFO(name);
        std::promise<void> gate;
        local->shards().post(1, [open = gate.get_future().share()] { open.wait(); });
        auto kept = std::make_shared<int>();
        const std::weak_ptr<int> waits = kept;
        std::promise<void> heard;
        local->shards().post(0, [&, message = cluster_message{"b", "/", order}] {
            adapter->on_message(message, {}, std::exchange(kept, {}));
            heard.set_value();
        });
        heard.get_future().wait();
        CHECK(!waits.expired());
        gate.set_value();
        CHECK(at.becomes_true([&] { return waits.expired(); }));
    }
}

} // namespace sockeye::socketio
