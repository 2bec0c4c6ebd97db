#pragma once

#include "net/socketio_fixture.hpp"

#include <string>
#include <string_view>

namespace sockeye::socketio {

// A Socket.IO client by hand, over long-polling: for what depends on whether a GET is waiting.
class polling_client {
public:
    explicit polling_client(socketio_fixture& server, std::string_view query = "&EIO=4")
        : server_(server), link_(server.port()), posts_(server.port()),
          target_("/socket.io/?transport=polling" + std::string(query)) {
        const std::string open = link_.ask(testing::request("GET", target_)).body;
        const std::size_t begin = open.find(R"("sid":")") + 7;
        target_ += "&sid=" + open.substr(begin, open.find('"', begin) - begin);
    }

    // Engine.IO packets, as they are.
    void post(std::string_view payload) {
        REQUIRE(posts_.ask(testing::request("POST", target_, payload)).status == 200);
    }
    std::string get() { return link_.ask(testing::request("GET", target_)).body; }

    // A GET that has reached the server and waits there, until finish_get().
    void begin_get() {
        const auto before = server_.http.counters().requests;
        link_.send(testing::request("GET", target_));
        REQUIRE(socketio_fixture::becomes_true(
            [&] { return server_.http.counters().requests > before; }));
    }
    std::string finish_get() { return link_.read_answer().body; }

    void join() {
        post("40");
        REQUIRE(get().starts_with(R"(40{"sid":)"));
    }

private:
    socketio_fixture& server_;
    testing::raw_client link_, posts_;
    std::string target_;
};

} // namespace sockeye::socketio
