#include "temporary_folder.hpp"
#include "tls_client.hpp"
#include "websocket_session.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>

namespace sockeye::engineio {
namespace {

using testing::raw_client;
using testing::request;
using testing::text_frame;
using testing::tls_client;
using testing::websocket_client;

// A folder of its own with a certificate and its key.
class certificate {
public:
    certificate() { renew("first"); }

    void renew(const std::string& name) const { testing::make_certificate(name, chain(), key()); }
    [[nodiscard]] std::string chain() const { return folder_.path() + "/chain.pem"; }
    [[nodiscard]] std::string key() const { return folder_.path() + "/key.pem"; }

    [[nodiscard]] http_server_options served(unsigned threads = 1) const {
        http_server_options options;
        options.threads = threads;
        options.tls = tls_options{.certificate_chain_file = chain(), .private_key_file = key()};
        return options;
    }

private:
    testing::temporary_folder folder_;
};

// A polling session over TLS: a connection for every request.
struct tls_polling_client {
    explicit tls_polling_client(const server_fixture& server)
        : port(server.port()),
          target(polling_path + "&sid=" + sid_in(ask(request("GET", polling_path)).body)) {}

    [[nodiscard]] testing::http_answer ask(std::string_view text) const {
        return tls_client(port).ask(text);
    }
    unsigned short port;
    std::string target;
};

std::string websocket_target(const tls_polling_client& client) {
    return websocket_path + client.target.substr(client.target.find("&sid="));
}

std::unique_ptr<tls_client> connect(const server_fixture& server) {
    return std::make_unique<tls_client>(server.port());
}

TEST_CASE("polling, WebSocket and upgrade work over TLS") {
    const certificate made;
    server_fixture server({}, made.served());
    server.handler.opened = [](session& s) { CHECK(s.secure()); };
    const tls_polling_client client(server.start());
    CHECK(client.ask(request("POST", client.target, "4hello")).body == "ok");
    CHECK(client.ask(request("GET", client.target)).body == "4hello");

    websocket_client socket(connect(server), websocket_target(client), {},
                            text_frame("2probe") + text_frame("5") + text_frame("4over"));
    CHECK(socket.read_text() == "3probe");
    CHECK(socket.read_text() == "4over");

    websocket_client direct(connect(server), websocket_path);
    CHECK(direct.read_text().starts_with("0{"));
    direct.send_text("4direct");
    CHECK(direct.read_text() == "4direct");
}

TEST_CASE("connections under TLS move to the shard of their session, with what came behind") {
    const certificate made;
    server_fixture server({}, made.served(4));
    server.start();
    for (int i = 0; i < 10; ++i) {
        const tls_polling_client client(server);
        tls_client link(server.port());
        link.send(request("POST", client.target, "4one") + request("GET", client.target) +
                  request("POST", client.target, "4two") + request("GET", client.target));
        CHECK(link.read_answer().body == "ok");
        CHECK(link.read_answer().body == "4one");
        CHECK(link.read_answer().body == "ok");
        CHECK(link.read_answer().body == "4two");
        websocket_client socket(connect(server), websocket_target(client), {},
                                text_frame("2probe") + text_frame("5") + text_frame("4over"));
        CHECK(socket.read_text() == "3probe");
        CHECK(socket.read_text() == "4over");
    }
    CHECK(server.http.counters().connections_moved > 0);
}

TEST_CASE("large messages pass through TLS both ways at once") {
    const certificate made;
    server_fixture server({.max_payload = 10'000'000}, made.served());
    websocket_client client(connect(server.start()), websocket_path);
    client.read_text();
    const std::string large = "4" + std::string(5'000'000, 'l');
    client.send_text(large); // the server's answer does not begin before it has all of it
    CHECK(client.read_text() == large);
    std::string burst;
    for (int i = 0; i < 20; ++i)
        burst += text_frame("4" + std::to_string(i) + std::string(20'000, 'm'));
    client.send(burst);
    for (int i = 0; i < 20; ++i)
        REQUIRE(client.read_text() == "4" + std::to_string(i) + std::string(20'000, 'm'));
}

TEST_CASE("what a slow reader under TLS is owed arrives whole when it reads") {
    const certificate made;
    server_fixture server({.queue = {.max_bytes = 20'000'000}}, made.served());
    server.handler.received = [&](session& s, std::string_view, bool) {
        for (int i = 0; i < 200; ++i)
            s.send(std::to_string(i) + ' ' + std::string(60'000, 's'));
        server.handler.note(s.queued_bytes() > 0 ? "waiting" : "all gone");
    };
    websocket_client client(connect(server.start()), websocket_path);
    client.read_text();
    client.send_text("4go");
    server.handler.await("waiting");
    for (int i = 0; i < 200; ++i)
        REQUIRE(client.read_text() == "4" + std::to_string(i) + ' ' + std::string(60'000, 's'));
}

TEST_CASE("a reader under TLS that is too slow is closed") {
    const certificate made;
    server_fixture server(
        {.queue = {.max_bytes = 200'000}, .websocket_close_timeout = milliseconds(50)},
        made.served());
    server.handler.received = [&](session& s, std::string_view, bool) {
        while (s.send(std::string(60'000, 's'))) {
        }
    };
    websocket_client client(connect(server.start()), websocket_path);
    client.read_text();
    client.send_text("4go");
    server.handler.await("close slow reader");
    CHECK(becomes_true([&] { return server.http.counters().connections == 0; }));
}

TEST_CASE("the close of a session under TLS reaches its client whole") {
    const certificate made;
    server_fixture server({}, made.served());
    server.handler.received = [](session& s, std::string_view, bool) {
        s.send("goodbye");
        s.close();
    };
    websocket_client client(connect(server.start()), websocket_path);
    client.read_text();
    client.send_text("4go");
    CHECK(client.read_text() == "4goodbye");
    CHECK(client.read_close().empty());
}

// ---- handshakes that are none

TEST_CASE("who does not finish its TLS handshake in time is closed") {
    const certificate made;
    http_server_options http = made.served();
    http.tls_handshake_timeout = milliseconds(50);
    server_fixture server({}, http);
    raw_client silent = server.start().connect();
    CHECK(silent.read_until_close().empty());
    raw_client half = server.connect();
    half.send("\x16\x03\x01\x02");
    CHECK(half.read_until_close().empty());
}

TEST_CASE("who leaves in the middle of a TLS handshake, or speaks something else, does no harm") {
    const certificate made;
    server_fixture server({}, made.served());
    server.start();
    for (int i = 0; i < 10; ++i) {
        raw_client half = server.connect();
        half.send("\x16\x03\x01\x02");
        i % 2 == 0 ? half.reset() : half.close();
    }
    raw_client plain = server.connect();
    plain.send(request("GET", polling_path));
    CHECK(plain.read_until_close().find("HTTP") == std::string::npos);
    CHECK(connect(server)->ask(request("GET", polling_path)).status == 200);
}

// ---- certificates

TEST_CASE("new certificates serve new connections, and the old ones go on") {
    const certificate made;
    server_fixture server({}, made.served());
    websocket_client before(connect(server.start()), websocket_path);
    before.read_text();
    CHECK(connect(server)->peer_name() == "first");
    made.renew("second");
    server.http.reload_certificates();
    CHECK(connect(server)->peer_name() == "second");
    before.send_text("4still here");
    CHECK(before.read_text() == "4still here");
}

TEST_CASE("certificates that cannot be used are refused, and the old ones kept") {
    const certificate made;
    server_fixture server({}, made.served());
    server.start();
    std::filesystem::resize_file(made.chain(), 10);
    CHECK_THROWS_WITH_AS(server.http.reload_certificates(),
                         doctest::Contains("cannot use the certificate chain"), std::system_error);
    CHECK(connect(server)->peer_name() == "first");
}

TEST_CASE("what is wrong with a certificate is said before the server starts") {
    const certificate made;
    const certificate other;
    tls_options tls{.certificate_chain_file = made.chain(), .private_key_file = other.key()};
    const auto text = [&] {
        try {
            http_server_options http;
            http.tls = tls;
            http_server server(http);
        } catch (const std::system_error& error) {
            return std::string(error.what());
        }
        return std::string("nothing");
    };
    CHECK(text().find("private key") != std::string::npos);
    tls.private_key_file = "/nowhere/key.pem";
    CHECK(text().find("cannot use the private key /nowhere/key.pem") != std::string::npos);
    tls.certificate_chain_file = "/nowhere/chain.pem";
    CHECK(text().find("cannot use the certificate chain /nowhere/chain.pem") != std::string::npos);
}

} // namespace
} // namespace sockeye::engineio
