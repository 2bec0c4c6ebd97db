#include "net/socketio_fixture.hpp"

namespace sockeye::socketio {
namespace {

// Four clients on two shards; the first two are in "tea".
struct four_clients {
    four_clients() : at({}, 2) {
        at.io.on_connection([this](const socket& s) {
            s.data()["name"] = s.handshake().auth.find("name")->as_string();
            s.on("disconnect", [this](const std::string& reason) { at.notes.add(reason); });
        });
        at.start();
        for (const char* const name : {"Ann", "Bob", "Cid", "Dan"}) {
            clients.push_back(at.connect());
            ids.push_back(clients.back().join("/", R"({"name":")" + std::string(name) + R"("})"));
        }
        at.io.in({ids[0], ids[1]}).sockets_join("tea");
    }
    // The names of the sockets found.
    std::string names(const broadcast_operator& of) {
        std::vector<std::string> all;
        for (const remote_socket& s : at.wait(of.fetch_sockets()).result)
            all.push_back(s.data().find("name")->as_string());
        std::ranges::sort(all);
        std::string joined;
        for (const std::string& name : all)
            joined += name + ' ';
        return joined;
    }

    socketio_fixture at;
    std::vector<packet_client> clients;
    std::vector<std::string> ids;
};

} // namespace

TEST_CASE("sockets are found on all shards, by room") {
    four_clients t;
    CHECK(t.names(t.at.io.everyone()) == "Ann Bob Cid Dan ");
    CHECK(t.names(t.at.io.in("tea")) == "Ann Bob ");
    CHECK(t.names(t.at.io.except("tea")) == "Cid Dan ");
    CHECK(t.names(t.at.io.in("tea").except(t.ids[0])) == "Bob ");
    CHECK(t.names(t.at.io.local()) == "Ann Bob Cid Dan ");
    CHECK(t.names(t.at.io.of("chat").everyone()).empty());
    CHECK(t.at.wait(t.at.io.all_sockets()).result.size() == 4);
}

TEST_CASE("what is found tells a socket's handshake, rooms and data") {
    four_clients t;
    const auto found = t.at.wait(t.at.io.in(t.ids[1]).fetch_sockets()).result;
    REQUIRE(found.size() == 1);
    CHECK(found[0].id() == t.ids[1]);
    CHECK(found[0].rooms() == std::vector<std::string>{t.ids[1], "tea"});
    CHECK(found[0].handshake().address == "127.0.0.1");
    CHECK(*found[0].handshake().auth.find("name") == "Bob");
}

TEST_CASE("sockets are made to join and to leave rooms") {
    four_clients t;
    t.at.io.sockets_join({"all", "more"});
    CHECK(t.names(t.at.io.in("more")) == "Ann Bob Cid Dan ");
    t.at.io.in("tea").sockets_join("drinks");
    CHECK(t.names(t.at.io.in("drinks")) == "Ann Bob ");
    t.at.io.in("tea").sockets_leave({"all", "drinks"});
    CHECK(t.names(t.at.io.in("all")) == "Cid Dan ");
    CHECK(t.names(t.at.io.in("drinks")).empty());
    t.at.io.sockets_leave("more");
    CHECK(t.names(t.at.io.in("more")).empty());
}

TEST_CASE("sockets are disconnected, those of a room or all, with their connections if asked") {
    four_clients t;
    t.at.io.in("tea").disconnect_sockets();
    t.clients[0].expect("1");
    t.clients[1].expect("1");
    CHECK(t.names(t.at.io.everyone()) == "Cid Dan ");
    t.clients[0].join("/", R"({"name":"Ann"})"); // the connection is there
    t.at.io.disconnect_sockets(true);
    for (const std::size_t i : {0u, 2u, 3u}) {
        t.clients[i].expect("1");
        t.clients[i].expect_closed();
    }
    t.at.notes.await("server namespace disconnect", 5);
}

TEST_CASE("a remote socket is reached where it is") {
    four_clients t;
    const auto found = t.at.wait(t.at.io.in(t.ids[2]).fetch_sockets()).result;
    REQUIRE(found.size() == 1);
    const remote_socket& cid = found[0];
    cid.emit("hello", 1);
    t.clients[2].expect(R"(2["hello",1])");
    cid.join("coffee");
    CHECK(t.names(t.at.io.in("coffee")) == "Cid ");
    cid.leave("coffee");
    CHECK(t.names(t.at.io.in("coffee")).empty());
    cid.disconnect(true);
    t.clients[2].expect("1");
    t.clients[2].expect_closed();
    CHECK(t.names(t.at.io.everyone()) == "Ann Bob Dan ");
}

} // namespace sockeye::socketio
