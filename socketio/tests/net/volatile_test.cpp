#include "net/polling_client.hpp"

namespace sockeye::socketio {
namespace {

// A server that does as a client's event says.
void obey(socketio_fixture& at, std::function<void(const socket&, const std::string&)> how) {
    at.io.on_connection([how = std::move(how)](const socket& s) {
        s.on("do", [how, s](const std::string& what) { how(s, what); });
    });
    at.start();
}

} // namespace

TEST_CASE("over WebSocket a volatile event is sent where nothing waits") {
    socketio_fixture at;
    obey(at, [](const socket& s, const std::string& what) {
        if (what == "alone") s.volatile_().emit("a");
        if (what == "behind") {
            s.emit("regular");
            s.volatile_().emit("lost");
        }
        if (what == "two") {
            s.volatile_().emit("first", binary{"x"});
            s.volatile_().emit("second", binary{"y"});
            s.emit("regular");
        }
    });
    auto client = at.connect();
    client.join();
    client.send(R"(2["do","alone"])");
    CHECK(client.settle() == std::vector<std::string>{R"(2["a"])"});
    client.send(R"(2["do","behind"])");
    CHECK(client.settle() == std::vector<std::string>{R"(2["regular"])"});
    client.send(R"(2["do","two"])");
    client.expect(R"(51-["first",{"_placeholder":true,"num":0}])");
    CHECK(client.read_binary() == "x");
    CHECK(client.settle() == std::vector<std::string>{R"(2["regular"])"});
    CHECK(at.http.counters().dropped_volatile == 3); // packets
}

TEST_CASE("over polling a volatile event is sent where a GET waits") {
    socketio_fixture at;
    at.start();
    polling_client client(at);
    client.join();
    at.io.volatile_().emit("lost");
    static_cast<void>(at.wait(at.io.fetch_sockets()));
    client.begin_get();
    at.io.volatile_().emit("first");
    CHECK(client.finish_get() == R"(42["first"])");
}

TEST_CASE("over polling only the first of several volatile events is sent") {
    socketio_fixture at;
    obey(at, [](const socket& s, const std::string& what) {
        if (what == "two") {
            s.volatile_().emit("first");
            s.volatile_().emit("second");
        }
        if (what == "behind") {
            s.emit("regular");
            s.volatile_().emit("lost");
        }
    });
    polling_client client(at);
    client.join();
    client.post(R"(42["do","two"])"); // nobody waits: both are lost
    for (const auto& [what, heard] : {std::pair("two", "first"), std::pair("behind", "regular")}) {
        client.begin_get();
        client.post(R"(42["do",")" + std::string(what) + R"("])");
        CHECK(client.finish_get() == R"(42[")" + std::string(heard) + R"("])");
    }
    CHECK(at.http.counters().dropped_volatile == 4);
}

TEST_CASE("a volatile broadcast reaches those who can take it") {
    socketio_fixture at;
    at.io.on_connection([&at](const socket& s) {
        s.on("go", [&at] {
            at.io.volatile_().emit("first", binary{"x"});
            at.io.volatile_().emit("second", binary{"y"});
            at.io.emit("regular");
        });
    });
    at.start();
    auto client = at.connect();
    client.join();
    polling_client polling(at); // without a GET
    polling.join();
    client.send(R"(2["go"])");
    client.expect(R"(51-["first",{"_placeholder":true,"num":0}])");
    CHECK(client.read_binary() == "x");
    client.expect(R"(2["regular"])");
    CHECK(polling.get() == R"(42["regular"])");
}

} // namespace sockeye::socketio
