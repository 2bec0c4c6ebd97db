#include "codec/websocket_frame.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <string_view>

namespace sockeye::engineio {
namespace {

using namespace std::string_view_literals;

std::string header_of(opcode op, std::uint64_t payload, bool compressed = false) {
    std::string out(max_frame_header, '?');
    out.resize(write_frame_header(out.data(), op, payload, compressed));
    return out;
}

TEST_CASE("a frame's length takes the shortest of its three forms") {
    const struct {
        std::uint64_t payload;
        std::string_view header;
    } cases[] = {{0, "\x82\x00"sv},
                 {125, "\x82\x7d"sv},
                 {126, "\x82\x7e\x00\x7e"sv},
                 {127, "\x82\x7e\x00\x7f"sv},
                 {65535, "\x82\x7e\xff\xff"sv},
                 {65536, "\x82\x7f\x00\x00\x00\x00\x00\x01\x00\x00"sv},
                 {0x0102030405060708, "\x82\x7f\x01\x02\x03\x04\x05\x06\x07\x08"sv}};
    for (const auto& c : cases) {
        CAPTURE(c.payload);
        CHECK(header_of(opcode::binary, c.payload) == c.header);
        CHECK(frame_header_size(c.payload) == c.header.size());
    }
}

TEST_CASE("the first byte holds FIN, RSV1 if compressed, and the opcode") {
    CHECK(header_of(opcode::text, 0) == "\x81\x00"sv);
    CHECK(header_of(opcode::text, 0, true) == "\xc1\x00"sv);
    CHECK(header_of(opcode::pong, 3) == "\x8a\x03"sv);
}

TEST_CASE("unmasking equals the definition at every length, phase and alignment") {
    const unsigned char key[4] = {0x37, 0xfa, 0x21, 0x3d};
    for (std::size_t n = 0; n <= 40; ++n) {
        for (std::size_t phase = 0; phase < 9; ++phase) {
            for (std::size_t offset = 0; offset < 8; ++offset) {
                std::string data(offset + n + 8, 'x');
                auto expected = data;
                for (std::size_t i = 0; i < n; ++i)
                    expected[offset + i] = static_cast<char>('x' ^ key[(phase + i) % 4]);
                unmask(data.data() + offset, n, key, phase);
                REQUIRE(data == expected);
            }
        }
    }
}

TEST_CASE("the phase may be as large as any position in a frame") {
    const unsigned char key[4] = {1, 2, 3, 4};
    char c = 0;
    unmask(&c, 1, key, std::numeric_limits<std::size_t>::max()); // 3 modulo 4
    CHECK(c == 4);
}

TEST_CASE("a close frame carries nothing, a code, or a code and a reason") {
    CHECK(close_frame(0) == "\x88\x00"sv);
    CHECK(close_frame(0, "no code, no reason") == "\x88\x00"sv);
    CHECK(close_frame(1000) == "\x88\x02\x03\xe8"sv);
    CHECK(close_frame(1001, "bye") == "\x88\x05\x03\xe9"
                                      "bye"sv);
}

TEST_CASE("a reason that does not fit a close frame is cut") {
    const std::string longest(123, 'r');
    CHECK(close_frame(1000, longest) == "\x88\x7d\x03\xe8" + longest);
    CHECK(close_frame(1000, longest + "r") == "\x88\x7d\x03\xe8" + longest);
}

TEST_CASE("a reason is never cut inside a character") {
    const std::string before(121, 'r');
    CHECK(close_frame(1000, before + "\u20ac") == "\x88\x7b\x03\xe8" + before);
    CHECK(close_frame(1000, before + "\u00e9!") == "\x88\x7d\x03\xe8" + before + "\u00e9");
}

} // namespace
} // namespace sockeye::engineio
