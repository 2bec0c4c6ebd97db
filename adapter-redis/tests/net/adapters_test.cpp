// What holds for servers joined by any of the adapters.

#include "net/joined_servers.hpp"
#include "net/redis_group.hpp"

#include <map>
#include <numeric>
#include <thread>

namespace sockeye::adapter_redis {
namespace {

const packets none;

// Numbered messages of every server to two rooms, of which the clients are in one, in both and in
// one; and what each client has had of them, by sender and room, in order.
class ledger {
public:
    explicit ledger(redis_group& at) : at_(at) {
        for (const auto& [client, room] : {std::pair{0, "r"}, {1, "r"}, {1, "s"}, {2, "s"}})
            at.enter(static_cast<std::size_t>(client), room);
    }

    // All servers at once, each from a thread of its own.
    void send(int count) {
        std::vector<std::thread> senders;
        socketio::server* const servers[] = {&at_.a(), &at_.b(), &at_.c()};
        for (int sender = 0; sender < 3; ++sender)
            senders.emplace_back([this, count, sender, &io = *servers[sender]] {
                for (int number = sent_; number < sent_ + count; ++number)
                    for (const char* const room : {"r", "s"})
                        io.to(room).emit("m", sender, room, number);
            });
        for (std::thread& one : senders)
            one.join();
        sent_ += count;
    }

    // What has come, until `last` of each sender is there in the rooms of each client.
    std::map<std::string, std::vector<int>> received(std::size_t client, int last) {
        std::map<std::string, std::vector<int>> lines;
        const std::size_t complete = client == 1 ? 6 : 3; // senders, in each of its rooms
        for (std::size_t ended = 0; ended < complete;) {
            const std::string packet = at_.clients[client].read(); // 2["m",0,"r",17]
            const std::size_t comma = packet.rfind(',');
            const int number = std::stoi(packet.substr(comma + 1));
            lines[packet.substr(6, comma - 6)].push_back(number);
            if (number == last) ++ended;
        }
        return lines;
    }

private:
    redis_group& at_;
    int sent_ = 0;
};

} // namespace

TEST_CASE("adapters: broadcast to all clients, with binary") {
    over_every_adapter(socketio::broadcast_to_all_clients);
}

TEST_CASE("adapters: broadcast to rooms, each client once, but for those excepted") {
    over_every_adapter([](redis_group& at) {
        at.enter(1, "r");
        at.enter(1, "s");
        at.enter(2, "s");
        at.a().to("r").emit("one");
        at.a().to({"r", "s"}).emit("two");
        at.a().to({"r", "s"}).except("r").emit("three");
        CHECK(at.received() ==
              lists{none, {R"(2["one"])", R"(2["two"])"}, {R"(2["two"])", R"(2["three"])"}});
    });
}

TEST_CASE("adapters: broadcast within a namespace") {
    over_every_adapter(socketio::broadcast_within_a_namespace<redis_group>);
}

TEST_CASE("adapters: local operations stay on their server") {
    over_every_adapter([](redis_group& at) {
        at.a().local().emit("e");
        at.a().local().sockets_join("r");
        at.a().to("r").emit("f");
        CHECK(at.received() == lists{{R"(2["e"])", R"(2["f"])"}, none, none});
    });
}

TEST_CASE("adapters: clients of all servers acknowledge a broadcast") {
    over_every_adapter(socketio::gather_acknowledgements);
}

TEST_CASE("adapters: a broadcast that times out yields the acknowledgements that came") {
    over_every_adapter(socketio::gather_acknowledgements_until_the_time_out);
}

TEST_CASE("adapters: nobody to acknowledge a broadcast") {
    over_every_adapter(socketio::ask_nobody_to_acknowledge);
}

TEST_CASE("adapters: sockets of all servers are fetched, with what is known of them") {
    over_every_adapter([](redis_group& at) {
        at.enter(1, "r");
        CHECK(wait(at.a().fetch_sockets()).result.size() == 3);
        const auto found = wait(at.a().in("r").fetch_sockets());
        REQUIRE(found.result.size() == 1);
        CHECK(found.result[0].id() == at.ids[1]);
        CHECK(found.result[0].rooms() == packets{at.ids[1], "r"});
        CHECK(found.result[0].data() == value(object{{"server", "b"}}));
        CHECK(found.result[0].handshake().url == "/socket.io/?transport=websocket&EIO=4");
        CHECK(wait(at.a().local().fetch_sockets()).result.size() == 1);
    });
}

TEST_CASE("adapters: a socket of another server is reached by what was fetched") {
    over_every_adapter([](redis_group& at) {
        const auto found = wait(at.a().to(at.ids[1]).fetch_sockets());
        REQUIRE(found.result.size() == 1);
        const socketio::remote_socket& remote = found.result[0];
        remote.emit("e");
        at.clients[1].expect(R"(2["e"])");
        remote.timeout(1min).emit("q", [&](const ack_error& error, int answer) {
            at.notes.add(error.message + std::to_string(answer));
        });
        at.clients[1].expect(R"(20["q"])");
        at.clients[1].send("30[7]");
        at.notes.await("7");
        remote.disconnect();
        at.clients[1].expect("1");
    });
}

TEST_CASE("adapters: sockets join and leave rooms on all servers") {
    over_every_adapter([](redis_group& at) {
        at.enter(1, "s");
        at.a().sockets_join({"r", "t"});
        at.a().in("s").sockets_leave("r");
        at.a().to("r").emit("e");
        at.a().in("t").except(at.ids[0]).emit("f");
        CHECK(at.received() == lists{{R"(2["e"])"}, {R"(2["f"])"}, {R"(2["e"])", R"(2["f"])"}});
    });
}

TEST_CASE("adapters: what is sent before sockets are disconnected arrives") {
    over_every_adapter(socketio::say_goodbye_and_disconnect);
}

TEST_CASE("adapters: events for servers, and their answers") {
    over_every_adapter([](redis_group& at) {
        at.a().server_side_emit("note", "hi");
        const auto answers = wait(at.a().server_side_emit_with_ack("ask"));
        CHECK(answers.error.empty());
        CHECK(texts(answers.result) == packets{"b", "c"});
        CHECK(sorted(at.notes.lines()) == packets{"b hi", "c hi"});
    });
}

TEST_CASE("adapters: a namespace that no other server has") {
    over_every_adapter([](redis_group& at) {
        const auto own = at.a().of("/own");
        CHECK(texts(wait(own.server_side_emit_with_ack("ask")).result) == none);
        CHECK(wait(own.fetch_sockets()).error.empty());
        CHECK(wait(own.everyone().timeout(1min).emit_with_ack("q")).error.empty());
    });
}

TEST_CASE("adapters: a server that leaves is waited for no longer") {
    over_every_adapter([](redis_group& at) {
        at.clients.pop_back();
        at.at(2).finish();
        at.await_count(0, "/", 2);
        CHECK(texts(wait(at.a().server_side_emit_with_ack("ask")).result) == packets{"b"});
    });
}

TEST_CASE("adapters: messages arrive in the order in which they were sent") {
    over_every_adapter([](redis_group& at) {
        at.enter(2, "r");
        packets sent;
        for (int i = 0; i < 2000; ++i) {
            const std::string number = std::to_string(i);
            i % 2 == 0 ? at.a().emit("e", number) : at.a().to("r").emit("e", number);
            sent.push_back(R"(2["e",")" + number + "\"]");
        }
        CHECK(at.received()[2] == sent);
    });
}

TEST_CASE("adapters: nothing is lost, doubled or out of order while nothing fails") {
    over_every_adapter([](redis_group& at) {
        ledger book(at);
        book.send(300);
        std::vector<int> all(300);
        std::iota(all.begin(), all.end(), 0);
        for (std::size_t client = 0; client < 3; ++client)
            for (const auto& [line, numbers] : book.received(client, 299)) {
                INFO("client ", client, ", sender and room: ", line);
                CHECK(numbers == all);
            }
    });
}

TEST_CASE("adapters: when connections break, what comes is in order, once, and then complete") {
    over_every_adapter([](redis_group& at) {
        ledger book(at);
        book.send(50);
        ask(at.outsider, {"CLIENT", "KILL", "TYPE", "pubsub"});
        ask(at.outsider, {"CLIENT", "KILL", "TYPE", "normal"});
        book.send(50);
        at.await_members("/");
        book.send(50);
        for (std::size_t client = 0; client < 3; ++client)
            for (auto& [line, numbers] : book.received(client, 149)) {
                INFO("client ", client, ", sender and room: ", line);
                CHECK(std::ranges::is_sorted(numbers));
                CHECK(std::ranges::adjacent_find(numbers) == numbers.end());
                CHECK(std::ranges::count_if(numbers, [](int n) { return n >= 100; }) == 50);
            }
    });
}

TEST_CASE("adapters: while Redis is away a server's own clients go on, and come together after") {
    over_every_adapter([](redis_group& at) {
        at.redis.server.kill();
        await([&] { return !at.links.at("a")->counters().connected; });
        at.a().emit("alone");
        at.clients[0].expect(R"(2["alone"])");
        at.redis.server.restart();
        at.await_members("/");
        at.a().emit("again");
        at.clients[0].expect(R"(2["again"])");
        for (std::size_t i = 1; i < 3; ++i) {
            // What waited for Redis may have come through, ahead of the others' subscriptions.
            std::string next = at.clients[i].read();
            if (next == R"(2["alone"])") next = at.clients[i].read();
            CHECK(next == R"(2["again"])");
        }
    });
}

} // namespace sockeye::adapter_redis
