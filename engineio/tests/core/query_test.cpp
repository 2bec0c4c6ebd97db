#include <sockeye/engineio/http.hpp>

#include <doctest/doctest.h>

using namespace sockeye::engineio;

namespace {

using pairs = std::vector<std::pair<std::string, std::string>>;

} // namespace

TEST_CASE("a query value is found and decoded") {
    struct example {
        std::string_view query, value;
    };
    const example examples[] = {
        {"EIO=4", "4"},
        {"a=1&EIO=4&b=2", "4"},
        {"EIO=3&EIO=4", "4"},
        {"EIO=4&EIO", ""},
        {"E%49O=4", "4"},
        {"EIO=a+b%20c%2Bd", "a b c+d"},
        {"EIO=a=b", "a=b"},
        {"EIO=%", "%"},
        {"EIO=%4", "%4"},
        {"EIO=%4g%zz%%41", "%4g%zz%A"},
        {"&&EIO=1&&", "1"},
        {"EIO=%00", {"\0", 1}},
        {"EIO=%f0%9F%98%80", "\xF0\x9F\x98\x80"},
    };
    for (const auto& row : examples) {
        CAPTURE(row.query);
        CHECK(query_value(row.query, "EIO") == std::string(row.value));
    }
}

TEST_CASE("a query value that is not there is not an empty one") {
    for (const auto query : {"", "&", "=", "eio=4", "EI=4", "EIOO=4", "+EIO=4", "x=EIO=4"}) {
        CAPTURE(query);
        CHECK_FALSE(query_value(query, "EIO").has_value());
    }
    CHECK(query_value("sid=", "sid") == "");
    CHECK(query_value("sid", "sid") == "");
}

TEST_CASE("bytes that are not UTF-8 are replaced as browsers do") {
    struct example {
        std::string_view query, value;
    };
    const example examples[] = {
        {"a=%ff", "\uFFFD"},
        {"a=x%C3", "x\uFFFD"},
        {"a=%C3%28", "\uFFFD("},
        {"a=%E2%82", "\uFFFD"},                // one for the whole beginning of a character
        {"a=%ED%A0%80", "\uFFFD\uFFFD\uFFFD"}, // a surrogate
        {"a=%F0%9F%98x", "\uFFFDx"},
        {"a=%F4%90%80%80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
        {"a=%C0%80", "\uFFFD\uFFFD"},
        {"a=\xFF%C3%A9", "\uFFFD\u00E9"},
    };
    for (const auto& row : examples) {
        CAPTURE(row.query);
        CHECK(query_value(row.query, "a") == std::string(row.value));
    }
}

TEST_CASE("a name is compared as it is decoded") {
    CHECK(query_value("\xBB=1", "\uFFFD") == "1");
    CHECK(query_value("%C3%A9=1", "\u00E9") == "1");
    CHECK(query_value("\u00E9=1", "\u00E9") == "1");
    CHECK_FALSE(query_value("\xBB=1", "\xBB").has_value());
    CHECK_FALSE(query_value("a+b=1", "a+b").has_value());
}

TEST_CASE("a query is a list of names in order of appearance with their last values") {
    CHECK(parse_query("") == pairs{});
    CHECK(parse_query("&&") == pairs{});
    CHECK(parse_query("b=1&a=2&b=3") == pairs{{"b", "3"}, {"a", "2"}});
    CHECK(parse_query("a%20b=+&%61+b=x") == pairs{{"a b", "x"}});
    CHECK(parse_query("=v&k&k2=") == pairs{{"", "v"}, {"k", ""}, {"k2", ""}});
    CHECK(parse_query("__proto__=1&constructor=2") ==
          pairs{{"__proto__", "1"}, {"constructor", "2"}});
}
