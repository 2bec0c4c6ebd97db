// The forms of a polling answer: version 3's payloads, base64, JSONP, compression.

#include "polling_client.hpp"

#include <zlib.h>

namespace sockeye::engineio {
namespace {

using testing::http_answer;
using testing::request;

const std::string v3 = "EIO=3&transport=polling";

server_options with_version_3() {
    server_options options;
    options.allow_eio3 = true;
    return options;
}

// gzip or zlib, told apart by their heads.
std::string inflated(const std::string& body) {
    z_stream stream{};
    REQUIRE(inflateInit2(&stream, 15 + 32) == Z_OK);
    std::string out(100'000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    stream.avail_in = static_cast<uInt>(body.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
    out.resize(stream.total_out);
    inflateEnd(&stream);
    return out;
}

// ---- version 3

TEST_CASE("version 3 text: each packet behind its length, answers without separators") {
    server_fixture fixture(with_version_3());
    fixture.start();
    const polling_client client(fixture, v3);
    CHECK(client.post("6:4hello").body == "ok");
    CHECK(client.get().body == "6:4hello");
    CHECK(client.post("6:4test16:4test26:4test3").body == "ok");
    CHECK(client.get().body == "6:4test16:4test26:4test3");
}

TEST_CASE("version 3 lengths count UTF-16 units") {
    server_fixture fixture(with_version_3());
    fixture.start();
    const polling_client client(fixture, v3);
    CHECK(client.post("4:4€😀").body == "ok");
    CHECK(fixture.handler.count("message €😀") == 1);
    CHECK(client.get().body == "4:4€😀");
}

TEST_CASE("version 3 binary: the answer's form is binary, to the byte") {
    server_fixture fixture(with_version_3());
    fixture.start();
    const polling_client client(fixture, v3);
    CHECK(client.post("6:4hello10:b4AQIDBA==").body == "ok");
    const auto answer = client.get();
    CHECK(answer.header("Content-Type") == "application/octet-stream");
    CHECK(answer.body == std::string("\x00\x06\xff"
                                     "4hello\x01\x05\xff\x04\x01\x02\x03\x04",
                                     17));
}

TEST_CASE("version 3 takes octet-stream as a binary payload") {
    server_fixture fixture(with_version_3());
    fixture.start();
    const polling_client client(fixture, v3 + "&b64=1");
    const std::string body("\x00\x06\xff"
                           "4hello\x01\x05\xff\x04\x01\x02\x03\x04",
                           17);
    CHECK(fixture
              .ask(request("POST", client.target(), body,
                           "Content-Type: application/octet-stream\r\n"))
              .body == "ok");
    CHECK(client.get().body == "6:4hello10:b4AQIDBA==");
}

TEST_CASE("b64 at the handshake means base64 for the session's whole life") {
    server_fixture fixture(with_version_3());
    fixture.start();
    const std::string sid = sid_in(fixture.get("/engine.io/?b64=1&" + v3).body);
    const std::string target = "/engine.io/?" + v3 + "&sid=" + sid;
    for (int round = 0; round < 2; ++round) {
        CHECK(fixture.post(target, "10:b4AQIDBA==").body == "ok");
        const auto answer = fixture.get(target);
        CHECK(answer.header("Content-Type") == "text/plain; charset=UTF-8");
        CHECK(answer.body == "10:b4AQIDBA==");
    }
}

TEST_CASE("an invalid version 3 payload is answered with ok and ends the session") {
    server_fixture fixture(with_version_3());
    fixture.start();
    std::size_t ended = 0;
    for (const std::string body : {"abc", "6:4hell", ":4a", "99999999999999999999:4", "-1:4a"}) {
        CAPTURE(body);
        const polling_client client(fixture, v3);
        CHECK(client.post(body).body == "ok");
        fixture.handler.await("close parse error", ++ended);
        CHECK(client.get().status == 400);
    }
}

TEST_CASE("version 3: a second GET is refused and the first told in its own form") {
    server_fixture fixture(with_version_3());
    fixture.start();
    const polling_client client(fixture, v3);
    auto first = client.waiting_get();
    CHECK(client.get().status == 400);
    CHECK(first.read_answer().body == "1:1");
}

// ---- JSONP

TEST_CASE("JSONP wraps every answer in a call, as version 4 and 3") {
    server_fixture fixture(with_version_3());
    fixture.start();
    const std::pair<std::string, std::string> cases[] = {
        {"EIO=4&transport=polling&j=7", "4x"},
        {v3 + "&j=7", "2:4x"},
    };
    for (const auto& [query, payload] : cases) {
        const polling_client client(fixture, query);
        CHECK(client.handshake.body.starts_with("___eio[7](\""));
        CHECK(client.handshake.body.ends_with("\\\"maxPayload\\\":1000000}\");"));
        CHECK(client.handshake.header("Content-Type") == "text/plain; charset=UTF-8");
        CHECK(client.post("d=" + payload).body == "ok");
        CHECK(client.get().body == "___eio[7](\"" + payload + "\");");
    }
}

TEST_CASE("the index of the handshake stays, and only its digits count") {
    server_fixture fixture;
    fixture.start();
    const auto handshake = fixture.get("/engine.io/?EIO=4&transport=polling&j=1a(2);");
    CHECK(handshake.body.starts_with("___eio[12](\""));
    const std::string target =
        "/engine.io/?EIO=4&transport=polling&j=9&sid=" + sid_in(handshake.body);
    CHECK(fixture.post(target, "d=4x").body == "ok");
    CHECK(fixture.get(target).body == "___eio[12](\"4x\");");
}

TEST_CASE("a JSONP body is a form: decoded, then its line ends restored") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture, "EIO=4&transport=polling&j=0");
    CHECK(client.post("d=4a%5Cnb%5C%5Cnc+d%26").body == "ok");
    CHECK(fixture.handler.count("message a\nb\\nc d&") == 1);
    CHECK(client.get().body == "___eio[0](\"4a\\nb\\\\nc d&\");");
}

TEST_CASE("line separators cannot break a JSONP script") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture, "EIO=4&transport=polling&j=0");
    CHECK(client.post("d=4%E2%80%A8%E2%80%A9%22").body == "ok");
    CHECK(client.get().body == "___eio[0](\"4\\u2028\\u2029\\\"\");");
}

TEST_CASE("a JSONP body without its field is answered and ignored") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture, "EIO=4&transport=polling&j=0");
    CHECK(client.post("4x").body == "ok");
    CHECK(client.post("d=4y").body == "ok");
    CHECK(fixture.handler.events() == std::vector<std::string>{"open", "message y"});
}

TEST_CASE("JSONP never answers in binary") {
    server_fixture fixture(with_version_3());
    fixture.start();
    const polling_client client(fixture, v3 + "&j=0");
    CHECK(client.post("d=10%3Ab4AQIDBA%3D%3D").body == "ok");
    CHECK(client.get().body == "___eio[0](\"10:b4AQIDBA==\");");
}

// ---- compression

http_answer polled(server_fixture& fixture, std::size_t body_size, std::string_view accepted,
                   bool compress = true) {
    const polling_client client(fixture);
    fixture.with_session(client.sid, [&](session& s) {
        s.send(std::string(body_size - 1, 'a'), {.compress = compress});
    });
    std::string fields;
    if (!accepted.empty()) fields.append("Accept-Encoding: ").append(accepted).append("\r\n");
    return fixture.ask(request("GET", client.target(), {}, fields));
}

TEST_CASE("an answer is compressed from the threshold on, as the client prefers") {
    server_fixture fixture;
    fixture.start();
    struct coding_case {
        std::size_t size;
        std::string accepted;
        std::string coding;
    };
    const coding_case cases[] = {
        {1023, "gzip", ""},
        {1024, "gzip", "gzip"},
        {1024, "deflate", "deflate"},
        {1024, "deflate, gzip", "deflate"},
        {1024, "gzip, deflate", "gzip"},
        {1024, "deflate;q=0.5, gzip", "gzip"},
        {1024, "*", "gzip"},
        {1024, "br", ""},
        {1024, "gzip;q=0", ""},
        {1024, "", ""},
    };
    for (const auto& [size, accepted, coding] : cases) {
        CAPTURE(size);
        CAPTURE(accepted);
        const auto answer = polled(fixture, size, accepted);
        CHECK(answer.header("Content-Encoding") == coding);
        const std::string body = coding.empty() ? answer.body : inflated(answer.body);
        CHECK(body == "4" + std::string(size - 1, 'a'));
    }
}

TEST_CASE("deflate means zlib's format, with its checksum") {
    server_fixture fixture;
    fixture.start();
    const auto answer = polled(fixture, 5000, "deflate");
    REQUIRE(answer.body.size() > 2);
    CHECK((static_cast<unsigned char>(answer.body[0]) & 0x0f) == 8);
    CHECK(answer.body.size() < 100);
}

TEST_CASE("a message sent without compression stays plain, unless another of the answer is not") {
    server_fixture fixture;
    fixture.start();
    CHECK(polled(fixture, 2000, "gzip", false).header("Content-Encoding").empty());
    const polling_client client(fixture);
    fixture.with_session(client.sid, [](session& s) {
        s.send(std::string(2000, 'a'), {.compress = false});
        s.send("b");
    });
    const auto both = fixture.ask(request("GET", client.target(), {}, "Accept-Encoding: gzip\r\n"));
    CHECK(both.header("Content-Encoding") == "gzip");
    CHECK(inflated(both.body) == "4" + std::string(2000, 'a') + "\x1e" + "4b");
}

TEST_CASE("the threshold is an option, for the handshake too, and compression can be off") {
    server_fixture low({.http_compression = compression_options{.threshold = 10}});
    low.start();
    const polling_client client(low, "EIO=4&transport=polling", "Accept-Encoding: gzip\r\n");
    CHECK(client.handshake.header("Content-Encoding") == "gzip");
    server_fixture off({.http_compression = std::nullopt});
    off.start();
    CHECK(polled(off, 5000, "gzip").header("Content-Encoding").empty());
}

TEST_CASE("Internet Explorer is asked not to see an attack in an answer") {
    server_fixture fixture;
    fixture.start();
    const polling_client client(fixture, "EIO=4&transport=polling",
                                "User-Agent: Mozilla/5.0 (Windows NT 6.1; Trident/7.0)\r\n");
    CHECK(client.handshake.header("X-XSS-Protection") == "0");
    CHECK(polling_client(fixture).handshake.count("X-XSS-Protection") == 0);
}

} // namespace
} // namespace sockeye::engineio
