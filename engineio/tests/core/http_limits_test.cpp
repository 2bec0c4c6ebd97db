#include "core/http_transcript.hpp"

#include <doctest/doctest.h>

using namespace sockeye::engineio;

TEST_CASE("the target may be as long as the limit and no longer") {
    const http_parser_limits limits{.max_target = 10};
    const std::string head = " HTTP/1.1\r\nHost: h\r\n\r\n";
    CHECK(read_whole("GET /123456789" + head, limits).ends_with("complete; "));
    CHECK(read_bytewise("GET /123456789" + head, limits).ends_with("complete; "));
    check_refused("GET /1234567890" + head, 414, limits);
    check_refused("GET /1234567890", 414, limits); // before its end is in sight
    check_refused("GET /1234567890\n", 414, limits);
}

TEST_CASE("there may be as many fields as the limit and no more") {
    const http_parser_limits limits{.max_fields = 3};
    const std::string head = "GET / HTTP/1.1\r\nHost: h\r\nA: 1\r\nB: 2\r\n";
    CHECK(read_whole(head + "\r\n", limits).ends_with("complete; "));
    CHECK(read_bytewise(head + "\r\n", limits).ends_with("complete; "));
    check_refused(head + "C", 431, limits);
}

TEST_CASE("the head may be as large as the limit and no larger") {
    const std::string head = "GET / HTTP/1.1\r\nHost: " + std::string(1000, 'h') + "\r\n\r\n";
    const http_parser_limits enough{.max_header_bytes = head.size()};
    const http_parser_limits less{.max_header_bytes = head.size() - 1};
    CHECK(read_whole(head + next_request, enough).ends_with("complete; "));
    CHECK(read_bytewise(head + next_request, enough).ends_with("complete; "));
    check_refused(head, 431, less);
    check_refused(head.substr(0, head.size() - 1), 431, less); // as soon as it cannot end in time
}

TEST_CASE("no limit lets a head grow beyond what a request can hold") {
    const http_parser_limits limits{.max_header_bytes = 1 << 20};
    const std::string start = "GET / HTTP/1.1\r\nHost: ";
    const std::string end = "\r\n\r\n";
    const auto room = http_request::max_bytes - start.size() - end.size();
    CHECK(read_whole(start + std::string(room, 'h') + end, limits).ends_with("complete; "));
    check_refused(start + std::string(room + 1, 'h') + end, 431, limits);
}

TEST_CASE("chunk extensions may outweigh the content by a bounded amount") {
    const auto extended = [](std::size_t framing) {
        return chunked("1;" + std::string(framing - 4, 'x') + "\r\ny\r\n0\r\n\r\n");
    };
    // "\r\n0\r\n" counts as well, and the one byte of content for it.
    const auto most = chunked_decoder::framing_allowance + 1 - 5;
    CHECK(read_whole(extended(most)).ends_with("complete; "));
    CHECK(read_bytewise(extended(most)).ends_with("complete; "));
    check_refused(extended(most + 1), 400);
    check_refused(chunked("1;" + std::string(chunked_decoder::framing_allowance, 'x')), 400);
}

TEST_CASE("chunks of one byte are refused once their framing outweighs the content too far") {
    const auto chunks = [](std::size_t count) {
        std::string body;
        for (std::size_t i = 0; i < count; ++i)
            body += "1\r\nx\r\n";
        return chunked(body + "0\r\n\r\n");
    };
    CHECK(read_whole(chunks(4000)).ends_with("complete; "));
    check_refused(chunks(4200), 400);
}

TEST_CASE("small chunks of a large body are no reason to refuse it") {
    std::string body;
    for (int i = 0; i < 100'000; ++i)
        body += "8\r\n12345678\r\n";
    CHECK(read_whole(chunked(body + "0\r\n\r\n")).ends_with("complete; "));
}

TEST_CASE("trailers are bounded in bytes and in number") {
    const http_parser_limits limits{.max_header_bytes = 100, .max_fields = 3};
    const auto trailer = [](std::size_t size) {
        return chunked("0\r\nX: " + std::string(size - 7, 'x') + "\r\n\r\n");
    };
    CHECK(read_whole(trailer(100), limits).ends_with("complete; "));
    CHECK(read_bytewise(trailer(100), limits).ends_with("complete; "));
    check_refused(trailer(101), 431, limits);
    CHECK(read_whole(chunked("0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n"), limits).ends_with("complete; "));
    check_refused(chunked("0\r\nA: 1\r\nB: 2\r\nC: 3\r\nD: 4\r\n\r\n"), 431, limits);
}
