#include "codec/http_response_writer.hpp"

#include <doctest/doctest.h>

using namespace sockeye::engineio;

namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
const std::string date_line = "Date: " + std::string(date) + "\r\n";

std::string write(const http_response& response, bool keep_alive = true, bool http_1_0 = false,
                  bool head_request = false) {
    std::string out = "<";
    append_response(out, response, keep_alive, http_1_0, date, head_request);
    return out;
}

} // namespace

TEST_CASE("a response carries its headers, its length and the date") {
    CHECK(write({200, {{"Content-Type", "text/html"}, {"X", "y"}}, "ok"}) ==
          "<HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX: y\r\nContent-Length: 2\r\n" +
              date_line + "\r\nok");
    CHECK(write({404, {}, ""}) ==
          "<HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n" + date_line + "\r\n");
}

TEST_CASE("the fate of the connection is told when it is not the default") {
    const auto tells = [](bool keep_alive, bool http_1_0, std::string_view line) {
        return write({}, keep_alive, http_1_0).find(line) != std::string::npos;
    };
    CHECK_FALSE(tells(true, false, "Connection"));
    CHECK(tells(false, false, "\r\nConnection: close\r\n"));
    CHECK(tells(true, true, "\r\nConnection: keep-alive\r\n"));
    CHECK(tells(false, true, "\r\nConnection: close\r\n"));
}

TEST_CASE("statuses without a body have neither body nor length") {
    CHECK(write({204, {}, "x"}) == "<HTTP/1.1 204 No Content\r\n" + date_line + "\r\n");
    CHECK(write({304, {}, "x"}) == "<HTTP/1.1 304 Not Modified\r\n" + date_line + "\r\n");
    CHECK(write({204, {{"Content-Length", "0"}}, ""}) ==
          "<HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n" + date_line + "\r\n");
}

TEST_CASE("an upgrade says what it is given and nothing else") {
    CHECK(write({101, {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}, ""}, false) ==
          "<HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
    CHECK(write({100, {}, ""}, false) == "<HTTP/1.1 100 Continue\r\n\r\n");
}

TEST_CASE("the answer to HEAD has the length of the body but not the body") {
    CHECK(write({200, {}, "ok"}, true, false, true) ==
          "<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + date_line + "\r\n");
}

TEST_CASE("headers cannot contradict the framing") {
    const http_response response{200,
                                 {{"content-length", "9"},
                                  {"Transfer-Encoding", "chunked"},
                                  {"connection", "close"},
                                  {"date", "today"}},
                                 "ok"};
    CHECK(write(response) == "<HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + date_line + "\r\nok");
}

TEST_CASE("headers that would split the response are left out") {
    using namespace std::string_literals;
    const std::pair<std::string, std::string> headers[] = {
        {"X", "a\r\nSet-Cookie: b"},
        {"X", "a\n"},
        {"X", "a\r"},
        {"X", "a\0b"s},
        {"X", "\x7F"},
        {"X\r\nY", "a"},
        {"X Y", "a"},
        {"X:", "a"},
        {"", "a"},
        {"X\xC3", "a"},
    };
    for (const auto& header : headers) {
        CAPTURE(header.second);
        CHECK_FALSE(is_valid_header(header.first, header.second));
        CHECK(write({200, {header}, ""}) == write({}));
    }
    CHECK(is_valid_header("X-Y", "a\tb \xC3\xA9"));
    CHECK(is_valid_header("X", ""));
}

TEST_CASE("statuses have their registered phrases") {
    CHECK(reason_phrase(100) == "Continue");
    CHECK(reason_phrase(413) == "Payload Too Large");
    CHECK(reason_phrase(431) == "Request Header Fields Too Large");
    CHECK(reason_phrase(511) == "Network Authentication Required");
    CHECK(reason_phrase(299) == "Unknown");
    CHECK(reason_phrase(999) == "Unknown");
}

TEST_CASE("dates have the fixed form of HTTP") {
    CHECK(http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
    CHECK(http_date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
    CHECK(http_date(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
    CHECK(http_date(1798761599) == "Thu, 31 Dec 2026 23:59:59 GMT");
}
