#include "codec/cluster_slots.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>

#include <doctest/doctest.h>

namespace sockeye::adapter_redis {
namespace {

reply text(std::string content) {
    return {.kind = reply_kind::text, .text = std::move(content)};
}
reply number(std::int64_t of) {
    return {.kind = reply_kind::integer, .integer = of};
}
reply list(std::vector<reply> items) {
    return {.kind = reply_kind::array, .items = std::move(items)};
}

} // namespace

// As CLUSTER KEYSLOT says.
TEST_CASE("keys have their slots") {
    CHECK(slot_of("123456789") == 12739); // CRC-16's own example, 0x31c3
    CHECK(slot_of("foo") == 12182);
    CHECK(slot_of("") == 0);
    CHECK(slot_of("socket.io#/#") == slot_of("{socket.io#/#}x"));
    CHECK(slot_of("foo{bar}{zap}") == slot_of("bar"));
    CHECK(slot_of("foo{{bar}}zap") == slot_of("{bar"));
    CHECK(slot_of("foo{}bar") != slot_of(""));
    CHECK(slot_of("foo{bar") != slot_of("bar"));
}

TEST_CASE("with a hash tag, what follows it does not matter to the slot") {
    for (const char* const tagged : {"{a}", "{sockeye}:", "x{a}y", "{{}", "{a}{"}) {
        INFO(tagged);
        CHECK(has_hash_tag(tagged));
        CHECK(slot_of(std::string(tagged) + "}{b}") == slot_of(tagged));
    }
    for (const char* const other : {"", "a:", "{", "{}", "{}{a}", "a}", "}a{", "{a"})
        CHECK_FALSE(has_hash_tag(other));
}

TEST_CASE("the ranges of slots are read") {
    const reply replica = list({text("10.0.0.9"), number(7009), text("id")});
    const reply answer =
        list({list({number(0), number(5460), list({text("10.0.0.1"), number(7001), text("id")}),
                    replica}),
              list({number(5461), number(16383), list({text(""), number(7002)})})});
    const auto ranges = read_slots(answer, {.host = "seed", .port = 1});
    REQUIRE(ranges);
    REQUIRE(ranges->size() == 2);
    CHECK(ranges->at(0).first == 0);
    CHECK(ranges->at(0).last == 5460);
    CHECK(name_of(ranges->at(0).master) == "10.0.0.1:7001");
    CHECK(name_of(ranges->at(1).master) == "seed:7002");
}

TEST_CASE("what says nothing about slots is told apart") {
    const redis_address asked;
    const reply master = list({text("h"), number(1)});
    CHECK_FALSE(read_slots({.kind = reply_kind::error, .text = "ERR"}, asked));
    CHECK_FALSE(read_slots(list({number(1)}), asked));
    CHECK_FALSE(read_slots(list({list({number(-1), number(2), master})}), asked));
    CHECK_FALSE(read_slots(list({list({number(0), number(16384), master})}), asked));
    CHECK_FALSE(
        read_slots(list({list({number(0), number(1), list({text("h"), number(0)})})}), asked));
    CHECK(read_slots(list({}), asked).value().empty());
}

TEST_CASE("a server that has not the slot says who has") {
    const auto read = [](const char* what) {
        return read_redirection({.kind = reply_kind::error, .text = what}, "asked");
    };
    CHECK(name_of(read("MOVED 866 127.0.0.1:7001").value().to) == "127.0.0.1:7001");
    CHECK(name_of(read("MOVED 866 ::1:7001").value().to) == "::1:7001");
    CHECK(name_of(read("MOVED 866 :7001").value().to) == "asked:7001");
    CHECK_FALSE(read("MOVED 866 ::1:7001").value().asking);
    CHECK(name_of(read("ASK 866 127.0.0.1:7001").value().to) == "127.0.0.1:7001");
    CHECK(read("ASK 866 127.0.0.1:7001").value().asking);
    for (const char* const other :
         {"ASKED 866 127.0.0.1:7001", "ASK 866", "MOVED 866", "MOVED 866 host:x", "ERR"})
        CHECK_FALSE(read(other));
    CHECK_FALSE(read_redirection(text("MOVED 866 127.0.0.1:7001"), "asked"));
}

} // namespace sockeye::adapter_redis
