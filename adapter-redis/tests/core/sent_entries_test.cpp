#include "state/sent_entries.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::adapter_redis {
namespace {

envelope say(const std::string& event, const std::string& nsp = "/") {
    return {3, "emitter", nsp, socketio::object{{"packet", event}}};
}

TEST_CASE("entries that were sent: what is read once need not be decoded") {
    sent_entries sent;
    const stream_fields text = encode_entry(say("a"));
    sent.put(text, say("a"));
    CHECK_FALSE(sent.take(encode_entry(say("b"))));
    CHECK(sent.take(text) == say("a"));
    CHECK_FALSE(sent.take(text));
}

TEST_CASE("entries that were sent: the same data in another message is another one") {
    sent_entries sent;
    sent.put(encode_entry(say("a")), say("a"));
    CHECK_FALSE(sent.take(encode_entry(say("a", "/other"))));
    envelope another = say("a");
    SUBCASE("of another server") { another.uid = "x"; }
    SUBCASE("of another type") { another.type = 9; }
    CHECK_FALSE(sent.take(encode_entry(another)));
    CHECK(sent.take(encode_entry(say("a"))) == say("a"));
}

TEST_CASE("entries that were sent: what is too large or too many is not remembered") {
    sent_entries sent;
    const envelope large = say(std::string(sent_entries::max_text, 'x'));
    sent.put(encode_entry(large), large);
    CHECK_FALSE(sent.take(encode_entry(large)));
    std::size_t known = 0;
    for (std::size_t i = 0; i <= sent_entries::max_entries; ++i)
        sent.put(encode_entry(say(std::to_string(i))), say(std::to_string(i)));
    for (std::size_t i = 0; i <= sent_entries::max_entries; ++i)
        known += sent.take(encode_entry(say(std::to_string(i)))) ? 1 : 0;
    CHECK(known <= sent_entries::max_entries);
    CHECK(known > 0);
}

} // namespace
} // namespace sockeye::adapter_redis
