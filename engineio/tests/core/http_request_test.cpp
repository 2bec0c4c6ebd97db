#include <sockeye/engineio/http.hpp>

#include <doctest/doctest.h>

using namespace sockeye::engineio;

namespace {

http_request make_request(std::string_view target) {
    return {"GET", target, 11, {}};
}

} // namespace

TEST_CASE("a target falls into path and query at its first question mark") {
    struct example {
        std::string_view target, path, query;
    };
    const example examples[] = {
        {"/a/b", "/a/b", ""},
        {"/a?", "/a", ""},
        {"/a?b=c?d", "/a", "b=c?d"},
        {"/a?u=http://x/y", "/a", "u=http://x/y"},
        {"?a", "", "a"},
        {"*", "*", ""},
        {"http://host/p?q", "/p", "q"},
        {"https://user@host:1/", "/", ""},
        {"http://host", "", ""},
        {"http://host?q=/x", "", "q=/x"},
        {"//host/p", "//host/p", ""},
        {"x?a=http://h/p", "x", "a=http://h/p"},
    };
    for (const auto& row : examples) {
        const auto request = make_request(row.target);
        CAPTURE(row.target);
        CHECK(request.target() == row.target);
        CHECK(request.path() == row.path);
        CHECK(request.query() == row.query);
    }
}

TEST_CASE("fields keep their order and are found by name in any case") {
    const http_field fields[] = {{"Host", "h"}, {"X-A", "1"}, {"x-a", "2"}, {"Empty", ""}};
    const http_request request("POST", "/", 10, fields);
    CHECK(request.method() == "POST");
    CHECK(request.version() == 10);
    REQUIRE(request.field_count() == 4);
    CHECK(request.field(2).name == "x-a");
    CHECK(request.field(2).value == "2");
    CHECK(request.header("X-a") == "1");
    CHECK(request.header("X-") == "");
    CHECK(request.has_header("EMPTY"));
    CHECK_FALSE(request.has_header("X-B"));
}

TEST_CASE("a request without anything is empty everywhere") {
    const http_request request;
    CHECK(request.method().empty());
    CHECK(request.target().empty());
    CHECK(request.path().empty());
    CHECK(request.query().empty());
    CHECK(request.field_count() == 0);
    CHECK_FALSE(request.has_header(""));
}

TEST_CASE("fields that do not fit are left out") {
    const std::string value(http_request::max_bytes - 5, 'v'); // behind "GET", "/" and "A"
    const http_field fitting[] = {{"A", value}};
    CHECK(http_request("GET", "/", 11, fitting).header("A") == value);
    const http_field fields[] = {{"A", value}, {"B", ""}};
    CHECK(http_request("GET", "/", 11, fields).field_count() == 1);
    CHECK(http_request("GET", "/+", 11, fitting).field_count() == 0);
}

TEST_CASE("a request takes little more than its text") {
    CHECK(sizeof(http_request) <= sizeof(std::string) + sizeof(std::vector<int>) + 8);
}
