#pragma once

#include "server_fixture.hpp"

#include <string>
#include <string_view>

namespace sockeye::engineio {

// The session id in an open packet, whatever it is wrapped in.
inline std::string sid_in(std::string_view body) {
    const std::size_t begin = body.find("\"sid") + 4;
    const std::size_t value = body.find(':', begin) + 1;
    const std::size_t first = body.find_first_not_of("\\\"", value);
    return std::string(body.substr(first, body.find_first_of("\\\"", first) - first));
}

// With default options.
inline std::string open_packet_of(const std::string& sid,
                                  std::string_view upgrades = "[\"websocket\"]") {
    return "0{\"sid\":\"" + sid + "\",\"upgrades\":" + std::string(upgrades) +
           ",\"pingInterval\":25000,\"pingTimeout\":20000,\"maxPayload\":1000000}";
}

// A long-polling client that opens a connection for every request: what belongs to a session must
// not depend on a connection.
class polling_client {
public:
    // `fields` are sent with the handshake, `query` with every request.
    explicit polling_client(const server_fixture& server,
                            std::string query = "EIO=4&transport=polling",
                            std::string_view fields = {})
        : server_(server), query_(std::move(query)),
          handshake(server.ask(testing::request("GET", "/engine.io/?" + query_, {}, fields))),
          sid(sid_in(handshake.body)) {
        REQUIRE_MESSAGE(handshake.status == 200, handshake.head << handshake.body);
    }

    [[nodiscard]] std::string target() const { return "/engine.io/?" + query_ + "&sid=" + sid; }

    [[nodiscard]] testing::http_answer get() const { return server_.get(target()); }
    [[nodiscard]] testing::http_answer post(std::string_view body) const {
        return server_.post(target(), body);
    }
    // A GET that has arrived and waits, for when the answer is to come later. Its arrival shows in
    // the count of requests.
    [[nodiscard]] testing::raw_client waiting_get(std::string_view fields = {}) const {
        const auto before = server_.http.counters().requests;
        testing::raw_client client = server_.connect();
        client.send(testing::request("GET", target(), {}, fields));
        REQUIRE(becomes_true([&] { return server_.http.counters().requests > before; }));
        return client;
    }

private:
    const server_fixture& server_;
    std::string query_;

public:
    const testing::http_answer handshake;
    const std::string sid;
};

} // namespace sockeye::engineio
