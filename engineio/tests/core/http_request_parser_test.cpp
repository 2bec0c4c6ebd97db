#include "core/http_transcript.hpp"

#include <doctest/doctest.h>

using namespace sockeye::engineio;
using namespace std::string_literals;

namespace {

const std::string next_transcript = "GET /next 11; Host=h; head; ; complete; ";

struct message {
    std::string bytes;
    std::string transcript;
};

const message good_messages[] = {
    {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / 11; Host=h; head; ; complete; "},
    {"GET / HTTP/1.0\r\n\r\n", "GET / 10; head; ; complete; "},
    {"\r\nGET / HTTP/1.0\r\n\r\n", "GET / 10; head; ; complete; "},
    {"\r\n\r\nGET / HTTP/1.0\r\n\r\n", "GET / 10; head; ; complete; "},
    {"GET /\xFF HTTP/1.1\r\nHost:\r\nX-Y:\t a\tb \t\r\n\r\n",
     "GET /\xFF 11; Host=; X-Y=a\tb; head; ; complete; "},
    {"OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", "OPTIONS * 11; Host=h; head; ; complete; "},
    {"GET http://h/p?q HTTP/1.1\r\nHost: h\r\n\r\n",
     "GET http://h/p?q 11; Host=h; head; ; complete; "},
    {"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
     "POST /a 11; Host=h; Content-Length=5; head; hello; complete; "},
    {"POST /a HTTP/1.1\r\nHost: h\r\ncontent-length: 0\r\n\r\n",
     "POST /a 11; Host=h; content-length=0; head; ; complete; "},
    {"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 007\r\n\r\n\r\n\r\n\0\r\n"s,
     "POST /a 11; Host=h; Content-Length=007; head; \r\n\r\n\0\r\n; complete; "s},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
     "5\r\nhello\r\n0A;a=\"b;c\"\r\n, world!\r\n\r\n000\r\n\r\n",
     "POST / 11; Host=h; Transfer-Encoding=Chunked; head; hello, world!\r\n; complete; "},
    {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
     "1\r\nx\r\n0;last\r\nContent-Length: 9\r\nX: y\r\n\r\n",
     "POST / 11; Host=h; Transfer-Encoding=chunked; head; x; complete; "},
};

void check_however_split(const std::string& bytes, const std::string& transcript) {
    CAPTURE(bytes);
    CHECK(read_whole(bytes) == transcript);
    CHECK(read_bytewise(bytes) == transcript);
    for (std::size_t at = 1; at < bytes.size(); ++at) {
        CAPTURE(at);
        REQUIRE(read_pieces({std::string_view(bytes).substr(0, at),
                             std::string_view(bytes).substr(at)}) == transcript);
    }
}

} // namespace

TEST_CASE("a request reads the same whole, byte by byte and split anywhere") {
    for (const auto& [bytes, transcript] : good_messages)
        check_however_split(bytes, transcript);
}

TEST_CASE("a request that follows without a pause is read after the first") {
    for (const auto& [bytes, transcript] : good_messages)
        if (transcript.ends_with("complete; "))
            check_however_split(bytes + next_request, transcript + next_transcript);
}

TEST_CASE("nothing behind a complete request is consumed before reset") {
    const auto bytes = next_request + "rest";
    std::string_view input = bytes;
    http_request_parser parser({});
    CHECK(parser.next(input) == http_step::head);
    CHECK(parser.next(input) == http_step::complete);
    CHECK(parser.next(input) == http_step::complete);
    CHECK(input == "rest");
}

TEST_CASE("an error is final") {
    std::string_view input = "\n"
                             "GET / HTTP/1.0\r\n\r\n";
    http_request_parser parser({});
    CHECK(parser.next(input) == http_step::error);
    CHECK(parser.next(input) == http_step::error);
    CHECK(parser.error_status() == 400);
}

TEST_CASE("bytes on which parsers disagree are refused") {
    const std::string_view heads[] = {
        "GET / HTTP/1.1\nHost: h\n\n",                      // bare LF
        "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n",          // bare LF behind a value
        "GET / HTTP/1.1\r\nHost: h\rX: y\r\n\r\n",          // bare CR
        "GET / HTTP/1.1\r\nHost: h\r\r\n\r\n",              // CR CR LF
        "GET / HTTP/1.1\r\nHost: h\r\n\rX: y\r\n\r\n",      // block ended by CR and no LF
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n b\r\n\r\n",  // folded line
        "GET / HTTP/1.1\r\nHost: h\r\nX: a\r\n\tb\r\n\r\n", // folded with a tab
        "GET / HTTP/1.1\r\n Host: h\r\n\r\n",               // first line starts with a space
        "GET / HTTP/1.1\r\nHost : h\r\n\r\n",               // space before the colon
        "GET / HTTP/1.1\r\nHost\t: h\r\n\r\n",              // tab before the colon
        "GET / HTTP/1.1\r\nHost: h\r\nX\r\n\r\n",           // no colon
        "GET / HTTP/1.1\r\nHost: h\r\n: y\r\n\r\n",         // no name
        "GET / HTTP/1.1\r\nHost: h\r\nX(: y\r\n\r\n",       // no token
        "GET / HTTP/1.1\r\nHost: h\r\nX\xC3: y\r\n\r\n",    // name not ASCII
        "GET / HTTP/1.1\r\nHost: h\r\nX: \x7F\r\n\r\n",     // DEL
        "GET / HTTP/1.1\r\nHost: h\r\nX: \x01\r\n\r\n",     // control character
        "GET / HTTP/1.1\r\nOrigin: \x1B[1m\r\nHost: h\r\n\r\n",
    };
    for (const auto head : heads)
        check_refused(std::string(head), 400);
    check_refused("GET / HTTP/1.1\r\nHost: h\r\nX: a\0b\r\n\r\n"s, 400);
    check_refused("GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s, 400);
}

TEST_CASE("a malformed request line is refused") {
    const std::string_view lines[] = {
        "get / HTTP/1.1",  "Get / HTTP/1.1",
        "BREW / HTTP/1.1", " GET / HTTP/1.1",
        "GET  / HTTP/1.1", "GET / HTTP/1.1 ",
        "GET /\tHTTP/1.1", "GET / x HTTP/1.1",
        "GET /",           "GET",
        "GET / http/1.1",  "GET / HTTP/1.",
        "GET / HTTP/1.10", "GET / HTTP/1,1",
        "GET / HTTPS/1.1", "GET / HTTP/11",
        "G\"T / HTTP/1.1", "GET HTTP/1.1",
        "GET\t/ HTTP/1.1", "\x16\x03\x01\x02",
    };
    for (const auto line : lines)
        check_refused(std::string(line) + "\r\nHost: h\r\n\r\n", 400);
}

TEST_CASE("versions other than 1.0 and 1.1 are not supported") {
    for (const std::string version : {"0.9", "1.2", "2.0", "3.0", "9.9"})
        check_refused("GET / HTTP/" + version + "\r\nHost: h\r\n\r\n", 505);
    check_refused("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
}

TEST_CASE("what leaves the end of the message in doubt is refused") {
    const std::string_view fields[] = {
        "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n",
        "Transfer-Encoding: gzip\r\nContent-Length: 1\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 1\r\nContent-Length: 1\r\n",
        "Content-Length: 1\r\nContent-Length: 2\r\n",
        "Content-Length: 1, 1\r\n",
        "Content-Length: 1,2\r\n",
        "Content-Length: 1,\r\n",
        "Content-Length:\r\n",
        "Content-Length: +1\r\n",
        "Content-Length: -1\r\n",
        "Content-Length: 0x1\r\n",
        "Content-Length: 1 1\r\n",
        "Content-Length: 1;\r\n",
        "Content-Length: 18446744073709551616\r\n",
    };
    for (const auto field : fields)
        check_refused(with_fields(field), 400);
    check_refused("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 400);
}

TEST_CASE("transfer codings other than exactly chunked are not implemented") {
    for (const std::string coding :
         {"gzip", "identity", "gzip, chunked", "chunked, gzip", "", "chunked, chunked", "xchunked",
          "chunked;q=1", "\"chunked\"", "\vchunked"}) {
        const bool control = coding.starts_with('\v');
        check_refused(with_fields("Transfer-Encoding: " + coding + "\r\n"), control ? 400 : 501);
    }
}

TEST_CASE("HTTP/1.1 asks for exactly one Host") {
    check_refused("GET / HTTP/1.1\r\n\r\n", 400);
    check_refused("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", 400);
    check_refused("GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400);
    check_refused("GET / HTTP/1.1\r\nHosts: a\r\n\r\n", 400);
}

TEST_CASE("no more than two empty lines may precede a request") {
    check_refused("\r\n\r\n\r\n" + next_request, 400);
    check_refused("\r" + next_request, 400);
    check_refused("\n" + next_request, 400);
    check_refused("\r\n\n" + next_request, 400);
}

TEST_CASE("malformed chunks are refused") {
    const std::string_view bodies[] = {
        "\r\n",   // no size
        ";x\r\n", // only an extension
        "g\r\n",  // not hexadecimal
        "-1\r\n",
        "0x1\r\nx\r\n",
        " 1\r\nx\r\n",
        "1 \r\nx\r\n",
        "1\nx\r\n",   // bare LF behind the size
        "1\rx\r\n",   // bare CR
        "1;a\nx\r\n", // bare LF behind the extension
        "1;\x01\r\nx\r\n",
        "1\r\nxy\r\n",           // longer than said
        "1\r\nx\n0\r\n\r\n",     // bare LF behind the data
        "2\r\nx\r\n0\r\n\r\n",   // shorter than said
        "10000000000000000\r\n", // 2^64
        "fffffffffffffffff\r\n",
        "0\r\nX\r\n\r\n", // trailer without a colon
        "0\r\nX : y\r\n\r\n",
        "0\r\n: y\r\n\r\n",
        "0\r\n folded: y\r\n\r\n",
        "0\r\nX: y\n\r\n",
        "0\r\n\rX",
    };
    for (const auto body : bodies)
        check_refused(chunked(body), 400);
}

TEST_CASE("the largest chunk size is understood") {
    CHECK(read_whole(chunked("0ffffffffffffffff\r\nx")).ends_with("head; x"));
}

namespace {

// A parser that has read the head of this request.
http_request_parser after_head(std::string_view input) {
    http_request_parser parser({});
    REQUIRE(parser.next(input) == http_step::head);
    return parser;
}

} // namespace

TEST_CASE("HTTP/1.1 keeps the connection unless told otherwise, HTTP/1.0 the other way round") {
    CHECK(after_head(with_fields("")).keep_alive());
    CHECK(after_head(with_fields("Connection: Keep-Alive\r\n")).keep_alive());
    CHECK_FALSE(after_head(with_fields("Connection: x, Close\r\n")).keep_alive());
    CHECK_FALSE(after_head("GET / HTTP/1.0\r\n\r\n").keep_alive());
    CHECK(after_head("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keep_alive());
}

TEST_CASE("an upgrade takes both the Connection token and the Upgrade field") {
    CHECK(after_head(with_fields("Connection: Upgrade\r\nUpgrade: websocket\r\n")).is_upgrade());
    CHECK(
        after_head(with_fields("Connection: keep-alive, uPGRADE\r\nUpgrade: x\r\n")).is_upgrade());
    CHECK(after_head(with_fields("Connection: upgrade\r\nConnection: x\r\nUpgrade: x\r\n"))
              .is_upgrade());
    CHECK_FALSE(after_head(with_fields("Connection: Upgrade\r\n")).is_upgrade());
    CHECK_FALSE(after_head(with_fields("Upgrade: websocket\r\n")).is_upgrade());
    CHECK_FALSE(after_head(with_fields("Connection: upgraded\r\nUpgrade: x\r\n")).is_upgrade());
    CHECK_FALSE(
        after_head(with_fields("Proxy-Connection: upgrade\r\nUpgrade: x\r\n")).is_upgrade());
}

TEST_CASE("what follows an upgrade request is left to the caller") {
    const std::string bytes = with_fields("Connection: Upgrade\r\nUpgrade: websocket\r\n") + "\x81";
    std::string_view input = bytes;
    http_request_parser parser({});
    CHECK(parser.next(input) == http_step::head);
    CHECK(parser.next(input) == http_step::complete);
    CHECK(input == "\x81");
}

TEST_CASE("a client waits for 100 Continue only before a body and only in HTTP/1.1") {
    const std::string expect = "Expect: 100-Continue\r\n";
    CHECK(after_head(with_fields(expect + "Content-Length: 1\r\n")).wants_continue());
    CHECK(after_head(with_fields(expect + "Transfer-Encoding: chunked\r\n")).wants_continue());
    CHECK_FALSE(after_head(with_fields(expect)).wants_continue());
    CHECK_FALSE(after_head(with_fields(expect + "Content-Length: 0\r\n")).wants_continue());
    CHECK_FALSE(after_head(with_fields("Content-Length: 1\r\n")).wants_continue());
    CHECK_FALSE(
        after_head("POST / HTTP/1.0\r\nContent-Length: 1\r\n" + expect + "\r\n").wants_continue());
}

TEST_CASE("the length of the body is known only if it was said") {
    CHECK(after_head(with_fields("Content-Length: 12\r\n")).content_length() == 12);
    CHECK(after_head(with_fields("Content-Length: 18446744073709551615\r\n")).content_length() ==
          18446744073709551615u);
    CHECK_FALSE(after_head(with_fields("")).content_length().has_value());
    CHECK(after_head(with_fields("Transfer-Encoding: chunked\r\n")).chunked());
    CHECK_FALSE(after_head(with_fields("Content-Length: 12\r\n")).chunked());
}

TEST_CASE("a message is partial from its first byte to its last") {
    http_transcript transcript;
    const auto partial = [&] { return transcript.parser().has_partial(); };
    CHECK_FALSE(partial());
    transcript.feed("\r\n");
    CHECK_FALSE(partial()); // an empty line promises nothing
    transcript.feed("P");
    CHECK(partial());
    transcript.feed("OST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n");
    CHECK(partial());
    transcript.feed("x");
    CHECK(partial());
    transcript.feed("y");
    CHECK_FALSE(partial());
}

TEST_CASE("content is handed out as a part of the input") {
    const std::string bytes = chunked("5\r\nhello\r\n0\r\n\r\n");
    std::string_view input = bytes;
    http_request_parser parser({});
    REQUIRE(parser.next(input) == http_step::head);
    REQUIRE(parser.next(input) == http_step::body);
    CHECK(parser.body_chunk().data() == bytes.data() + bytes.find("hello"));
    CHECK(parser.next(input) == http_step::complete);
    CHECK(parser.body_chunk().empty());
}

TEST_CASE("a head that was taken outlives the parser's next request") {
    std::string_view input = "GET /a HTTP/1.0\r\nX: y\r\n\r\n";
    http_request_parser parser({});
    REQUIRE(parser.next(input) == http_step::head);
    const auto head = parser.take_head();
    parser.reset();
    input = next_request;
    REQUIRE(parser.next(input) == http_step::head);
    CHECK(head.target() == "/a");
    CHECK(head.header("x") == "y");
    CHECK(parser.head().target() == "/next");
}
