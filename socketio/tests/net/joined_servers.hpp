#pragma once

// What servers do that are joined, by whatever adapters.

#include "net/server_group.hpp"

namespace sockeye::socketio {

inline void broadcast_to_all_clients(server_group& at) {
    at.a().emit("e", 1, "2", binary{"\x03"}, array{nullptr, 1.5});
    for (auto& client : at.clients) {
        client.expect(R"(51-["e",1,"2",{"_placeholder":true,"num":0},[null,1.5]])");
        CHECK(client.read_binary() == "\x03");
    }
}

template<class Group> // which knows best when its servers are joined
void broadcast_within_a_namespace(Group& at) {
    at.await_members("/chat");
    for (auto& client : at.clients)
        client.join("/chat");
    at.b().of("/chat").emit("e");
    for (auto& client : at.clients)
        client.expect("2/chat,[\"e\"]");
    CHECK(at.received() == std::vector<packets>(3));
}

inline void gather_acknowledgements(server_group& at) {
    const auto answer = at.a().everyone().timeout(1min).emit_with_ack("q", binary{"\x01"});
    for (int i = 0; i < 3; ++i) {
        at.clients[i].expect(R"(51-0["q",{"_placeholder":true,"num":0}])");
        CHECK(at.clients[i].read_binary() == "\x01");
        at.clients[i].send("30[" + std::to_string(i) + ",9]");
    }
    const auto done = wait(answer);
    CHECK(done.error.empty());
    CHECK(texts(done.result) == packets{"0", "1", "2"});
}

inline void gather_acknowledgements_until_the_time_out(server_group& at) {
    const auto answer = at.a().everyone().timeout(1s).emit_with_ack("q");
    for (auto& client : at.clients)
        client.expect(R"(20["q"])");
    at.clients[0].send("30[0]");
    at.clients[2].send("30[2]");
    const auto done = wait(answer);
    CHECK(done.error == "operation has timed out");
    CHECK(texts(done.result) == packets{"0", "2"});
}

inline void ask_nobody_to_acknowledge(server_group& at) {
    const auto done = wait(at.a().to("nowhere").timeout(1min).emit_with_ack("q"));
    CHECK(done.error.empty());
    CHECK(done.result.empty());
}

inline void say_goodbye_and_disconnect(server_group& at) {
    at.a().emit("bye");
    at.a().disconnect_sockets(true);
    for (auto& client : at.clients)
        client.expect(R"(2["bye"])").expect("1").expect_closed();
}

} // namespace sockeye::socketio
