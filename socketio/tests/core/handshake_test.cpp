#include <sockeye/socketio/handshake.hpp>

#include <doctest/doctest.h>

namespace sockeye::socketio {
namespace {

value headers_of(std::vector<std::pair<std::string, std::string>> headers) {
    return *to_value(handshake{.headers = std::move(headers)}).find("headers");
}

} // namespace

TEST_CASE("headers that come more than once are joined as Node does") {
    CHECK(headers_of({{"x-forwarded-for", "1.2.3.4"}, {"x-forwarded-for", "5.6.7.8"}}) ==
          value(object{{"x-forwarded-for", "1.2.3.4, 5.6.7.8"}}));
    CHECK(headers_of({{"cookie", "a=1"}, {"cookie", "b=2"}}) ==
          value(object{{"cookie", "a=1; b=2"}}));
    CHECK(headers_of({{"host", "first"}, {"host", "second"}}) == value(object{{"host", "first"}}));
    CHECK(headers_of({{"set-cookie", "a"}, {"set-cookie", "b"}}) ==
          value(object{{"set-cookie", array{"a", "b"}}}));
}

TEST_CASE("parameters of a query that come more than once are a list") {
    const handshake from{.query = {{"a", "1"}, {"b", "2"}, {"a", "3"}}};
    CHECK(*to_value(from).find("query") == value(object{{"a", array{"1", "3"}}, {"b", "2"}}));
}

} // namespace sockeye::socketio
