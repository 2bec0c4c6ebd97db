#include "codec/stream_entries.hpp"

#include <doctest/doctest.h>

namespace sockeye::adapter_redis {
namespace {

reply text(std::string content) {
    return {.kind = reply_kind::text, .text = std::move(content)};
}

reply list(std::vector<reply> items) {
    return {.kind = reply_kind::array, .items = std::move(items)};
}

} // namespace

TEST_CASE("ids of entries are two numbers") {
    CHECK(parse_stream_id("1700000000000-12") == stream_id{1700000000000, 12});
    CHECK(to_string(stream_id{5, 0}) == "5-0");
    for (const char* const other : {"", "-", "1", "1-", "-1", "1-2-3", "a-1", "1-x", " 1-2", "1-2 ",
                                    "+1-2", "99999999999999999999-0"})
        CHECK_FALSE(parse_stream_id(other));
}

TEST_CASE("ids of entries are in the order of the stream") {
    CHECK(stream_id{1, 9} < stream_id{2, 0});
    CHECK(stream_id{2, 0} < stream_id{2, 1});
}

TEST_CASE("entries are read out of answers") {
    const reply entry =
        list({text("5-1"), list({text("nsp"), text("/"), text("type"), text("3")})});
    const auto entries = read_entries(list({entry, list({text("6-0"), list({})})}));
    REQUIRE(entries);
    REQUIRE(entries->size() == 2);
    CHECK(entries->at(0).id == stream_id{5, 1});
    CHECK(entries->at(0).fields == stream_fields{{"nsp", "/"}, {"type", "3"}});
    CHECK(entries->at(1).fields.empty());
    CHECK(read_news(list({list({text("s"), list({entry})})})).value().size() == 1);
    CHECK(read_news({}).value().empty());
}

TEST_CASE("other answers are told apart") {
    CHECK_FALSE(read_entries({.kind = reply_kind::error, .text = "WRONGTYPE"}));
    CHECK_FALSE(read_entries(list({text("5-1")})));
    CHECK_FALSE(read_entries(list({list({text("x"), list({})})})));
    CHECK_FALSE(read_entries(list({list({text("5-1"), list({text("a name alone")})})})));
    CHECK_FALSE(read_news({.kind = reply_kind::error, .text = "NOPERM"}));
}

TEST_CASE("namespaces are spread over streams as by Node") {
    CHECK(stream_name("s", 1, "/chat") == "s");
    CHECK(stream_name("s", 4, "/") == "s-3");                               // 47
    CHECK(stream_name("s", 1000, "/chat") == "s-863");                      // 46457863
    CHECK(stream_name("s", 4, "/dashboard") == "s--3");                     // -1694060731
    CHECK(stream_name("s", 100000000, "/\xf0\x9f\x98\x80") == "s-1818066"); // code units d83d de00
}

} // namespace sockeye::adapter_redis
