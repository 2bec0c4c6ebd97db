#include "codec/websocket_decoder.hpp"
#include "websocket_script.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>

namespace sockeye::engineio {
namespace {

using namespace websocket_script;

const transcript too_big{"error 1009"};
const transcript too_many_fragments{"error 1008"};

constexpr setting ten_bytes{.limits = {.max_message = 10}};
constexpr setting three_fragments{.limits = {.max_fragments = 3}};

std::string fragments(int count, const std::string& each) {
    std::string wire = frame(opcode::binary, each, not_final);
    for (int i = 2; i < count; ++i)
        wire += frame(opcode::continuation, each, not_final);
    return wire + frame(opcode::continuation, each);
}

TEST_CASE("a message may be as long as the limit and no longer") {
    expect(text("0123456789"), {"text 0123456789"}, ten_bytes);
    expect(text("0123456789a"), too_big, ten_bytes);
}

TEST_CASE("the limit holds for each message, not for their sum") {
    expect(text("0123456789") + text("0123456789"), {"text 0123456789", "text 0123456789"},
           ten_bytes);
}

TEST_CASE("all fragments together keep to the limit") {
    expect(fragments(5, "ab"), {"binary ababababab"}, ten_bytes);
    expect(frame(opcode::text, "01234", not_final) + frame(opcode::continuation, "567890"), too_big,
           ten_bytes);
    expect(frame(opcode::text, "0123456789", not_final) + frame(opcode::continuation, ""),
           {"text 0123456789"}, ten_bytes);
}

TEST_CASE("a frame that is too long is refused at its header") {
    expect(header(2, 11), too_big, ten_bytes);
    expect(frame(opcode::text, "0123456789", not_final) + header(0, 1), too_big, ten_bytes);
    expect(header(2, 1'000'001), too_big);
    CHECK(decode({header(2, 1'000'000)}).empty());
}

TEST_CASE("the longest lengths overflow nothing") {
    for (const auto length : {std::uint64_t{1} << 63, (std::uint64_t{1} << 63) - 1,
                              std::uint64_t{1} << 32, std::numeric_limits<std::uint64_t>::max()}) {
        CAPTURE(length);
        expect(header(2, length), too_big);
        expect(frame(opcode::text, "x", not_final) + header(0, length), too_big);
        expect(header(9, length), {"error 1002"});
    }
    const setting unlimited{.limits = {.max_message = std::numeric_limits<std::size_t>::max()}};
    expect(frame(opcode::text, "x", not_final) +
               header(0, std::numeric_limits<std::uint64_t>::max()),
           too_big, unlimited);
}

TEST_CASE("control frames do not count towards a message's size") {
    expect(frame(opcode::text, "01234", not_final) + frame(opcode::ping, "0123456789a") +
               frame(opcode::continuation, "56789"),
           {"ping 0123456789a", "text 0123456789"}, ten_bytes);
}

TEST_CASE("a message may have as many fragments as the limit and no more") {
    expect(fragments(3, "x"), {"binary xxx"}, three_fragments);
    expect(fragments(4, "x"), too_many_fragments, three_fragments);
}

TEST_CASE("empty fragments count as well") {
    expect(fragments(3, ""), {"binary "}, three_fragments);
    expect(fragments(4, ""), too_many_fragments, three_fragments);
}

TEST_CASE("fragments are counted for each message") {
    expect(fragments(3, "x") + fragments(3, "y") + text("z"),
           {"binary xxx", "binary yyy", "text z"}, three_fragments);
}

TEST_CASE("control frames are no fragments") {
    const auto ping = frame(opcode::ping, "");
    expect(frame(opcode::text, "a", not_final) + ping + ping + ping +
               frame(opcode::continuation, "b"),
           {"ping ", "ping ", "ping ", "text ab"}, three_fragments);
}

TEST_CASE("the default limit is the 16384th fragment") {
    const std::string payload(16'384, 'x');
    CHECK(decode({fragments(16'384, "x")}) == transcript{"binary " + payload});
    CHECK(decode({fragments(16'385, "x")}) == too_many_fragments);
}

} // namespace
} // namespace sockeye::engineio
