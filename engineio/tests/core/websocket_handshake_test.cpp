#include "codec/websocket_handshake.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sockeye::engineio {
namespace {

using namespace std::string_literals;
using enum handshake_error;

constexpr std::string_view sample_key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view plain_answer =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

websocket_request good_request() {
    websocket_request request;
    request.method = "GET";
    request.upgrade = "websocket";
    request.connection = "Upgrade";
    request.version = "13";
    request.key = sample_key;
    request.http_1_1 = true;
    return request;
}

std::optional<handshake_error> check_with(std::string_view websocket_request::*field,
                                          std::string_view value, bool deflate = true) {
    auto request = good_request();
    request.*field = value;
    return check_handshake(request, deflate);
}

std::string negotiate(std::string_view extensions) {
    const auto result = negotiate_deflate(extensions);
    CHECK(result.header.empty() == (result.outcome != deflate_outcome::accepted));
    if (result.outcome == deflate_outcome::malformed) return "malformed";
    return result.outcome == deflate_outcome::none ? "none" : result.header;
}

TEST_CASE("the example key of RFC 6455 section 1.3 is accepted with its example answer") {
    CHECK(accept_key(sample_key) == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("a plain request is in order") {
    CHECK(check_handshake(good_request(), true) == std::nullopt);
    CHECK(check_handshake(good_request(), false) == std::nullopt);
}

TEST_CASE("only GET opens a WebSocket") {
    for (const auto method : {"POST", "HEAD", "get", ""})
        CHECK(check_with(&websocket_request::method, method) == invalid_method);
}

TEST_CASE("the upgrade must be to websocket, in any case of letters") {
    CHECK(check_with(&websocket_request::upgrade, "WebSocket") == std::nullopt);
    for (const auto upgrade : {"", "h2c", "websocket2", "websocke", "websocket, h2c"})
        CHECK(check_with(&websocket_request::upgrade, upgrade) == invalid_upgrade);
}

TEST_CASE("Connection must name upgrade among its tokens") {
    for (const auto good : {"upgrade", "keep-alive, Upgrade", "a,\tUPGRADE ,b", ",,upgrade"})
        CHECK(check_with(&websocket_request::connection, good) == std::nullopt);
    for (const auto bad : {"", "keep-alive", "upgraded", "up grade", "upgrade x", "x-upgrade", ","})
        CHECK(check_with(&websocket_request::connection, bad) == invalid_upgrade);
}

TEST_CASE("an upgrade is asked for by both fields together") {
    CHECK(asks_for_upgrade("anything", "upgrade"));
    CHECK_FALSE(asks_for_upgrade("", "upgrade"));
    CHECK_FALSE(asks_for_upgrade("websocket", "keep-alive"));
}

TEST_CASE("HTTP/1.0 cannot upgrade") {
    auto request = good_request();
    request.http_1_1 = false;
    CHECK(check_handshake(request, true) == invalid_upgrade);
}

TEST_CASE("the key is sixteen bytes in base64") {
    CHECK(check_with(&websocket_request::key, "+/+/+/+/+/+/+/+/+/+/+A==") == std::nullopt);
    for (const auto key : {"", "==", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ",
                           "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25jZ===",
                           "dGhlIHNhbXBsZSBub25j Q==", "dGhlIHNhbXBsZSBub25j-Q=="})
        CHECK(check_with(&websocket_request::key, key) == invalid_key);
}

TEST_CASE("versions 13 and 8 are spoken") {
    CHECK(check_with(&websocket_request::version, "8") == std::nullopt);
    for (const auto version : {"", "12", "14", "13.0", "013", "13, 8", "x"})
        CHECK(check_with(&websocket_request::version, version) == invalid_version);
}

TEST_CASE("errors are found in the order of ws") {
    websocket_request request;
    CHECK(check_handshake(request, true) == invalid_method);
    request.method = "GET";
    request.protocols = request.extensions = ";";
    CHECK(check_handshake(request, true) == invalid_upgrade);
    request.http_1_1 = true;
    request.upgrade = "websocket";
    request.connection = "upgrade";
    CHECK(check_handshake(request, true) == invalid_key);
    request.key = sample_key;
    CHECK(check_handshake(request, true) == invalid_version);
    request.version = "13";
    CHECK(check_handshake(request, true) == invalid_protocol);
    request.protocols = "";
    CHECK(check_handshake(request, true) == invalid_extensions);
    CHECK(check_handshake(request, false) == std::nullopt);
}

TEST_CASE("errors have the status and the text of ws") {
    const struct {
        handshake_error error;
        unsigned status;
        std::string_view text;
    } cases[] = {
        {invalid_method, 405, "Invalid HTTP method"},
        {invalid_upgrade, 400, "Invalid Upgrade header"},
        {invalid_key, 400, "Missing or invalid Sec-WebSocket-Key header"},
        {invalid_version, 400, "Missing or invalid Sec-WebSocket-Version header"},
        {invalid_protocol, 400, "Invalid Sec-WebSocket-Protocol header"},
        {invalid_extensions, 400, "Invalid or unacceptable Sec-WebSocket-Extensions header"}};
    for (const auto& c : cases) {
        CHECK(http_status(c.error) == c.status);
        CHECK(error_text(c.error) == c.text);
    }
    CHECK(supported_websocket_versions == "13, 8");
}

TEST_CASE("the first sub-protocol offered is chosen") {
    CHECK(first_protocol("chat") == "chat");
    CHECK(first_protocol(" chat\t, superchat") == "chat");
    CHECK(first_protocol("") == "");
    CHECK(check_with(&websocket_request::protocols, "v1.json,  v2~json") == std::nullopt);
}

TEST_CASE("sub-protocols are different tokens") {
    for (const auto bad : {",", "a,", ",a", "a,,b", "a b", "a;b", "a, b, a", "\"a\"", "a/b", " "}) {
        CAPTURE(bad);
        CHECK(first_protocol(bad) == "");
        CHECK(check_with(&websocket_request::protocols, bad) == invalid_protocol);
    }
}

TEST_CASE("an offer of permessage-deflate is accepted without context takeover") {
    for (const auto offer :
         {"permessage-deflate", " permessage-deflate\t",
          "permessage-deflate; client_max_window_bits",
          "permessage-deflate; client_max_window_bits=8",
          "permessage-deflate;client_max_window_bits=\"15\"",
          "permessage-deflate; client_max_window_bits=\"1\\0\"",
          "permessage-deflate ; server_no_context_takeover ;client_no_context_takeover"}) {
        CAPTURE(offer);
        CHECK(negotiate(offer) == plain_answer);
    }
}

TEST_CASE("a limit on our window is echoed if it is no limit, and declined otherwise") {
    CHECK(negotiate("permessage-deflate; server_max_window_bits=15") ==
          std::string(plain_answer) + "; server_max_window_bits=15");
    for (int bits = 8; bits < 15; ++bits)
        CHECK(negotiate("permessage-deflate; server_max_window_bits=" + std::to_string(bits)) ==
              "none");
}

TEST_CASE("the first acceptable offer is taken") {
    CHECK(negotiate("permessage-deflate; server_max_window_bits=10, permessage-deflate") ==
          plain_answer);
    CHECK(negotiate("permessage-deflate, permessage-deflate; server_max_window_bits=15") ==
          plain_answer);
    CHECK(negotiate("x-other; a=1; a; b=\"c\", permessage-deflate") == plain_answer);
}

TEST_CASE("extensions we do not know are passed over") {
    for (const auto other : {"", "x-webkit-deflate-frame", "constructor", "__proto__; a=b",
                             "Permessage-Deflate", "permessage-deflate2"})
        CHECK(negotiate(other) == "none");
}

TEST_CASE("malformed offers are malformed wherever they stand") {
    for (const std::string bad :
         {",",
          ";",
          "=",
          "permessage-deflate;",
          "permessage-deflate;;",
          "permessage-deflate; =",
          "permessage-deflate; unknown",
          "permessage-deflate; server_no_context_takeover=1",
          "permessage-deflate; client_no_context_takeover; client_no_context_takeover",
          "permessage-deflate; client_max_window_bits; client_max_window_bits=9",
          "permessage-deflate; client_max_window_bits=",
          "permessage-deflate; client_max_window_bits=7",
          "permessage-deflate; client_max_window_bits=16",
          "permessage-deflate; client_max_window_bits=08",
          "permessage-deflate; client_max_window_bits = 8",
          "permessage-deflate; server_max_window_bits",
          "permessage-deflate; server_max_window_bits=\"\"",
          "x; a=\"unclosed",
          "x; a=\"b\\",
          "x; a=\"b c\"",
          "x; a=\"b\"c",
          "x y",
          "x; a b",
          "x/y",
          "\"x\""}) {
        CAPTURE(bad);
        CHECK(negotiate(bad) == "malformed");
        CHECK(negotiate("permessage-deflate, " + bad) == "malformed");
        CHECK(negotiate(bad + ", permessage-deflate") == "malformed");
    }
}

TEST_CASE("trailing commas and bytes outside ASCII are malformed") {
    CHECK(negotiate("permessage-deflate,") == "malformed");
    CHECK(negotiate("permessage-deflate,,x") == "malformed");
    CHECK(negotiate("\xc3\xa9") == "malformed");
    CHECK(negotiate("x\0y"s) == "malformed");
}

// Each of these made a quadratic parser hang. A megabyte takes a linear one milliseconds, and a
// quadratic one minutes.
TEST_CASE("long fields are read in linear time") {
    constexpr std::size_t size = 1'000'000;
    const auto start = std::chrono::steady_clock::now();
    CHECK(negotiate("x; a=\"" + std::string(size, '\\')) == "malformed");
    CHECK(negotiate("x; a=\"" + std::string(size, 'b')) == "malformed");
    CHECK(negotiate("x" + std::string(size, ' ') + "y") == "malformed");
    CHECK(first_protocol("b" + std::string(size, ' ') + "x") == "");
    CHECK(first_protocol(std::string(size, ',')) == "");
    CHECK_FALSE(asks_for_upgrade("x", std::string(size, ',')));
    CHECK_FALSE(asks_for_upgrade("x", std::string(size, ' ')));
    std::string many;
    for (int i = 0; i < 100'000; ++i)
        many += "p" + std::to_string(i) + ",";
    CHECK(first_protocol(many + "last") == "p0");
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

} // namespace
} // namespace sockeye::engineio
