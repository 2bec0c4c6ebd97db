#include "codec/cookie.hpp"

#include <doctest/doctest.h>

using namespace sockeye::engineio;

TEST_CASE("the session cookie has the defaults of the reference") {
    CHECK(serialize_cookie({}, "lv_VI97HAXpY6yYWAAAC") ==
          "io=lv_VI97HAXpY6yYWAAAC; Path=/; HttpOnly; SameSite=Lax");
}

TEST_CASE("the attributes of a cookie come in the usual order") {
    cookie_options options;
    options.name = "n";
    options.path = "/p";
    options.domain = "a-b.example";
    options.max_age = std::chrono::seconds(60);
    options.expires = std::chrono::system_clock::from_time_t(784111777);
    options.secure = true;
    options.partitioned = true;
    options.priority = cookie_priority::high;
    options.same_site = cookie_same_site::none;
    CHECK(serialize_cookie(options, "v") ==
          "n=v; Max-Age=60; Domain=a-b.example; Path=/p; Expires=Sun, 06 Nov 1994 08:49:37 GMT; "
          "HttpOnly; Secure; Partitioned; Priority=High; SameSite=None");
}

TEST_CASE("attributes that are not set are left out") {
    cookie_options options;
    options.path.clear();
    options.http_only = false;
    options.same_site = cookie_same_site::unset;
    CHECK(serialize_cookie(options, "") == "io=");
    options.same_site = cookie_same_site::strict;
    options.priority = cookie_priority::low;
    CHECK(serialize_cookie(options, "") == "io=; Priority=Low; SameSite=Strict");
}

TEST_CASE("the value of a cookie is percent-encoded") {
    CHECK(serialize_cookie({}, "aZ09-_.!~*'() ;,=\r\n%\xC3\xA9")
              .starts_with("io=aZ09-_.!~*'()%20%3B%2C%3D%0D%0A%25%C3%A9; "));
}

TEST_CASE("a cookie that could smuggle attributes is not made") {
    const auto refuses = [](std::string cookie_options::*member, std::string text) {
        cookie_options options;
        options.*member = std::move(text);
        return serialize_cookie(options, "v").empty();
    };
    for (const auto name : {"", "a b", "a;b", "a=b", "a\r\nb"})
        CHECK(refuses(&cookie_options::name, name));
    for (const auto path : {"/;x", "/\r\n", "/\x7F", "/\xC3"})
        CHECK(refuses(&cookie_options::path, path));
    for (const auto domain : {"a;b", "a b", "a\n"})
        CHECK(refuses(&cookie_options::domain, domain));
}
