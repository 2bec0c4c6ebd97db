#include "net/admin_front_end.hpp"

#include <optional>
#include <unistd.h>

namespace sockeye::socketio {
namespace {

std::function<bool(const array&)> of_namespace(std::string name) {
    return [name = std::move(name)](const array& arguments) {
        return arguments.at(0).find("nsp")->as_string() == name;
    };
}

array features(const admin_options& options) {
    socketio_fixture at;
    instrument(at.io, options);
    front_end admin(at.start());
    admin.join();
    return admin.await("config").at(0).find("supportedFeatures")->as_array();
}

bool is_json_date(const value& text) {
    static constexpr std::string_view form = "0000-00-00T00:00:00.000Z";
    const std::string& date = text.as_string();
    return std::ranges::equal(
        date, form, [](char c, char f) { return f == '0' ? c >= '0' && c <= '9' : c == f; });
}

// A client's own room's event comes last of its coming.
void skip_arrival(front_end& admin, const std::string& id) {
    admin.await("socket_connected",
                [&](const array& a) { return *a.at(0).find("id") == value(id); });
}

} // namespace

TEST_CASE("an admin namespace is made") {
    socketio_fixture at;
    instrument(at.io, open_to_all());
    front_end admin(at.start());
    admin.join().joined();
}

TEST_CASE("the admin namespace may have another name") {
    socketio_fixture at;
    auto options = open_to_all();
    options.namespace_name = "/custom";
    instrument(at.io, options);
    front_end admin(at.start(), "/custom");
    admin.join().joined();
    CHECK(front_end(at).join().refused() == "Invalid namespace");
}

TEST_CASE("the admin is told the features, in the reference's order") {
    CHECK(features(open_to_all()) == array{"EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE",
                                           "MDISCONNECT", "AGGREGATED_EVENTS", "ALL_EVENTS"});
    auto options = open_to_all();
    options.readonly = true;
    CHECK(features(options) == array{"AGGREGATED_EVENTS", "ALL_EVENTS"});
    options.mode = admin_mode::production;
    CHECK(features(options) == array{"AGGREGATED_EVENTS"});
    options.readonly = false;
    CHECK(features(options) == array{"EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE",
                                     "MDISCONNECT", "AGGREGATED_EVENTS"});
}

TEST_CASE("upon connection the admin gets all sockets, in the reference's form") {
    for (const unsigned threads : {1u, 3u}) {
        socketio_fixture at({}, threads);
        instrument(at.io, open_to_all());
        at.io.on_connection([](const socket& s) {
            s.data().as_object()["name"] = "Ann";
            s.join("tea");
        });
        auto client = packet_client(at.start().port(), "&token=1");
        const std::string id = client.join("/", R"({"password":"secret"})");
        client.settle();
        front_end admin(at);
        const std::string admin_id = admin.join().joined();
        const array all = admin.await("all_sockets").at(0).as_array();
        REQUIRE(all.size() == 2);
        const auto found =
            std::ranges::find_if(all, [&](const value& s) { return *s.find("id") == value(id); });
        REQUIRE(found != all.end());
        const value& one = *found;
        CHECK(*one.find("nsp") == value("/"));
        CHECK(one.find("clientId")->as_string().size() == 12);
        CHECK(*one.find("transport") == value("websocket"));
        CHECK(*one.find("data") == value(object{{"name", "Ann"}}));
        CHECK(*one.find("rooms") == value(array{id, "tea"}));
        const object& shake = one.find("handshake")->as_object();
        CHECK(shake.size() == 8);
        CHECK(*shake.find("address") == value("127.0.0.1"));
        CHECK(shake.find("query")->find("token")->as_string() == "1");
        CHECK(shake.find("headers")->is_object());
        CHECK(shake.find("issued")->is_integer());
        CHECK(*shake.find("secure") == value(false));
        CHECK(*shake.find("xdomain") == value(false));
        CHECK(shake.find("time")->is_string());
        CHECK(shake.find("url")->is_string());
    }
}

TEST_CASE("what happens to sockets is told: coming, rooms, going, in this order") {
    socketio_fixture at;
    instrument(at.io, open_to_all());
    at.io.on_connection([](const socket& s) {
        s.on("join", [s](const std::string& room) { s.join(room); });
        s.on("leave", [s](const std::string& room) { s.leave(room); });
    });
    front_end admin(at.start());
    admin.join().joined();
    admin.await("all_sockets");
    std::optional<packet_client> client(at.connect());
    const std::string id = client->join();
    const array own_room = admin.await("room_joined", is_at(0, "/"));
    CHECK(own_room.at(1) == value(id));
    CHECK(own_room.at(2) == value(id));
    const array came = admin.await("socket_connected", of_namespace("/"));
    CHECK(*came.at(0).find("id") == value(id));
    CHECK(*came.at(0).find("data") == value(object{}));
    CHECK(is_json_date(came.at(1)));

    client->send(R"(2["join","tea"])");
    const array joined = admin.await("room_joined");
    CHECK(array(joined.begin(), joined.begin() + 3) == array{"/", "tea", id});
    CHECK(is_json_date(joined.at(3)));
    client->send(R"(2["leave","tea"])");
    const array left = admin.await("room_left");
    CHECK(array(left.begin(), left.begin() + 3) == array{"/", "tea", id});

    client->send("1");
    const array gone = admin.await("socket_disconnected");
    CHECK(array(gone.begin(), gone.begin() + 3) == array{"/", id, "client namespace disconnect"});
    CHECK(is_json_date(gone.at(3)));
    CHECK(admin.await("room_left").at(1) == value(id));
}

TEST_CASE("the admins' own sockets are told of, their events are not") {
    socketio_fixture at;
    instrument(at.io, open_to_all());
    front_end first(at.start());
    first.join().joined();
    front_end second(at);
    const std::string id = second.join().joined();
    CHECK(*first.await("socket_connected", of_namespace("/admin")).at(0).find("id") != value());
    second.send(R"(["join","/","tea"])");
    second.await("server_stats");
    auto client = at.connect();
    skip_arrival(first, client.join());
    CHECK(!first.has_seen("event_received"));
    CHECK(!first.has_seen("event_sent"));
}

TEST_CASE("a change of a socket's data is told, and a look at them is not") {
    socketio_fixture at;
    instrument(at.io, open_to_all());
    at.io.on_connection([](const socket& s) {
        s.on("look", [s](const ack<value>& seen) { seen(s.data()); });
        s.on("set", [s](int n) {
            s.data().as_object()["before"] = n - 1;
            s.data().as_object()["n"] = n;
        });
    });
    front_end admin(at.start());
    admin.join().joined();
    auto client = at.connect();
    const std::string id = client.join();
    client.send(R"(21["look"])");
    client.expect("31[{}]");
    client.send(R"(2["set",1])");
    CHECK(admin.await("socket_updated").at(0) ==
          value(object{{"id", id}, {"nsp", "/"}, {"data", object{{"before", 0}, {"n", 1}}}}));
    client.send(R"(2["set",2])");
    CHECK(*admin.await("socket_updated").at(0).find("data")->find("n") == value(2));
}

TEST_CASE("events from and to a client are told without the acknowledgement's function") {
    socketio_fixture at;
    instrument(at.io, open_to_all());
    at.io.on_connection([](const socket& s) {
        s.on("send", [s] { s.emit("hello", 1, "two"); });
        s.on("ask", [s](const std::string&, const ack<>& done) {
            s.emit("question", 5, [] {});
            done();
        });
    });
    front_end admin(at.start());
    admin.join().joined();
    auto client = at.connect();
    const std::string id = client.join();
    const auto told = [&](std::string_view kind, const array& event) {
        const array arguments = admin.await(kind);
        CHECK(array(arguments.begin(), arguments.begin() + 3) == array{"/", id, event});
        CHECK(is_json_date(arguments.at(3)));
    };
    client.send(R"(2["send"])");
    told("event_received", {"send"});
    told("event_sent", {"hello", 1, "two"});
    client.send(R"(27["ask","why"])");
    told("event_received", {"ask", "why"});
    told("event_sent", {"question", 5});
    at.io.emit("all", 1);
    told("event_sent", {"all", 1});
}

TEST_CASE("namespaces that clients bring into being are watched too") {
    socketio_fixture at;
    instrument(at.io, open_to_all());
    at.io.of(pattern{"^/dynamic-\\d+$"});
    front_end admin(at.start());
    admin.join().joined();
    auto client = at.connect();
    const std::string id = client.join("/dynamic-1");
    CHECK(admin.await("room_joined", is_at(0, "/dynamic-1")).at(1) == value(id));
    CHECK(*admin.await("socket_connected", of_namespace("/dynamic-1")).at(0).find("id") ==
          value(id));
    admin.await("server_stats", [](const array& a) {
        return *a.at(0).find("namespaces") ==
               value(array{object{{"name", "/"}, {"socketsCount", 0}},
                           object{{"name", "/admin"}, {"socketsCount", 1}},
                           object{{"name", "/dynamic-1"}, {"socketsCount", 1}}});
    });
}

TEST_CASE("the server's sums come again and again") {
    socketio_fixture at;
    auto options = open_to_all();
    options.mode = admin_mode::production;
    options.server_id = "the-server";
    instrument(at.io, options);
    front_end admin(at.start());
    admin.join().joined(); // first: what is summed up is told once
    {
        auto gone = at.connect();
        gone.join();
    }
    std::vector<std::string> kinds;
    std::optional<object> stats;
    while (std::ranges::count(kinds, "rawDisconnection transport close") == 0) {
        stats = admin.await("server_stats").at(0).as_object();
        for (const value& event : stats->find("aggregatedEvents")->as_array()) {
            CHECK(event.find("timestamp")->as_int64() % 1000 == 0);
            CHECK(event.find("count")->as_int64() > 0);
            const value* const sub = event.find("subType");
            kinds.push_back(event.find("type")->as_string() + (sub ? " " + sub->as_string() : ""));
        }
    }
    CHECK(*stats->find("serverId") == value("the-server"));
    CHECK(*stats->find("pid") == value(::getpid()));
    CHECK(stats->find("hostname")->is_string());
    CHECK(stats->find("uptime")->is_number());
    CHECK(*stats->find("clientsCount") == value(1));
    CHECK(*stats->find("pollingClientsCount") == value(0));
    CHECK(!admin.has_seen("socket_connected"));
    CHECK(!admin.has_seen("all_sockets"));
}

TEST_CASE("with too many sockets the admin is shown sums, and everything again with fewer") {
    socketio_fixture at({}, 2);
    auto options = open_to_all();
    options.max_detailed_sockets = 2;
    const admin_ui& ui = instrument(at.io, options);
    front_end admin(at.start());
    const std::string admin_id = admin.join().joined();
    const auto shows_all = [](bool expected) {
        return [expected](const array& a) {
            const auto& list = a.at(0).find("supportedFeatures")->as_array();
            return (list.back() == value("ALL_EVENTS")) == expected;
        };
    };
    admin.await("config", shows_all(true));
    auto one = at.connect();
    skip_arrival(admin, one.join());
    auto other = at.connect();
    other.join();
    admin.await("config", shows_all(false));
    const auto left_out = ui.counters().updates_left_out;
    one.settle();
    CHECK(ui.counters().updates_left_out > left_out);
    other.close();
    admin.await("config", shows_all(true));
    CHECK(admin.await("all_sockets").at(0).as_array().size() == 2);
}

TEST_CASE("events beyond the maximum are left out and counted") {
    socketio_fixture at;
    auto options = open_to_all();
    options.max_events_per_second = 1;
    options.update_interval = 1h; // one of its seconds is all there is
    const admin_ui& ui = instrument(at.io, options);
    front_end admin(at.start());
    admin.join().joined();
    auto client = at.connect();
    client.join();
    for (int i = 0; i < 50; ++i)
        client.settle();
    CHECK(ui.counters().updates_left_out > 0);
}

TEST_CASE("nobody is told anything where nobody listens") {
    socketio_fixture at;
    const admin_ui& ui = instrument(at.io, open_to_all());
    auto client = at.start().connect();
    client.join();
    client.settle();
    CHECK(ui.counters().updates_sent == 0);
}

} // namespace sockeye::socketio
