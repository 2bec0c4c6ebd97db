#include "codec/base64.hpp"
#include "codec/session_id.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace sockeye::engineio {
namespace {

using random_bytes = std::array<unsigned char, 16>;

random_bytes draw(std::mt19937& generator) {
    random_bytes bytes;
    std::generate(bytes.begin(), bytes.end(),
                  [&] { return static_cast<unsigned char>(generator()); });
    return bytes;
}

TEST_CASE("an id is made for its shard, whatever the number of shards") {
    std::mt19937 generator(1);
    for (const unsigned shards : {1U, 2U, 3U, 4U, 7U, 16U, 64U, 257U, 4096U}) {
        for (int i = 0; i < 50; ++i) {
            const unsigned shard = static_cast<unsigned>(generator()) % shards;
            const auto id = make_session_id(draw(generator), shard, shards);
            CAPTURE(shards);
            CHECK(home_shard(id, shards) == shard);
        }
    }
}

TEST_CASE("an id is 20 characters that need no escaping in a URL") {
    std::mt19937 generator(2);
    for (int i = 0; i < 200; ++i) {
        const auto id = make_session_id(draw(generator), 3, 4);
        CHECK(id.size() == session_id_length);
        CHECK(id.find_first_not_of(base64url_alphabet) == std::string::npos);
    }
}

TEST_CASE("the first 19 characters are the random bits in order") {
    random_bytes bytes{};
    for (unsigned shard = 0; shard < 4; ++shard)
        CHECK(make_session_id(bytes, shard, 4).substr(0, 19) == std::string(19, 'A'));
    bytes.fill(0xff);
    CHECK(make_session_id(bytes, 1, 4).substr(0, 19) == std::string(19, '_'));
}

TEST_CASE("each of the first 114 random bits changes the id") {
    const random_bytes zero{};
    std::set<std::string> ids{make_session_id(zero, 1, 4)};
    for (unsigned bit = 0; bit < 114; ++bit) {
        auto bytes = zero;
        bytes[bit / 8] = static_cast<unsigned char>(0x80 >> (bit % 8));
        ids.insert(make_session_id(bytes, 1, 4));
    }
    CHECK(ids.size() == 115);
}

TEST_CASE("chance chooses among the last characters that fit") {
    std::set<std::string> ids;
    for (unsigned i = 0; i < 64; ++i) {
        random_bytes bytes{};
        bytes[14] = static_cast<unsigned char>(i); // its lower six bits are character 20
        ids.insert(make_session_id(bytes, 0, 2));
    }
    CHECK(ids.size() > 16);
}

TEST_CASE("the home of an id never changes") {
    // Computed apart from this code: nodes of different versions must agree.
    CHECK(home_shard("AAAAAAAAAAAAAAAAAAAA", 4) == 0);
    CHECK(home_shard("custom-id", 4) == 1);
    CHECK(home_shard("custom-id", 16) == 5);
    CHECK(home_shard("", 64) == 18);
}

TEST_CASE("one shard is the home of everything") {
    CHECK(home_shard("anything", 1) == 0);
    CHECK(home_shard("anything", 0) == 0);
}

TEST_CASE("ids that differ in a single character spread over all shards") {
    std::vector<unsigned> count(16);
    for (int i = 0; i < 16000; ++i)
        ++count[home_shard("user-" + std::to_string(i), 16)];
    const auto [low, high] = std::minmax_element(count.begin(), count.end());
    CHECK(*low > 850);
    CHECK(*high < 1150);
}

TEST_CASE("a log shows the first six characters of an id") {
    CHECK(redacted("lv_VI97HAXpY6yYWAAAC") == "lv_VI9…");
    CHECK(redacted("") == "…");
}

TEST_CASE("a log never shows more than a third of a short id") {
    CHECK(redacted("user42") == "us…");
    CHECK(redacted("ab") == "…");
}

TEST_CASE("a log shows no control characters of a forged id") {
    CHECK(redacted("a\r\nb\x1b\xe2\x82\xac............") == "a??b??…");
}

} // namespace
} // namespace sockeye::engineio
