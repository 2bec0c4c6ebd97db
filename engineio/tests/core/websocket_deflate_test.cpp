#include "codec/websocket_decoder.hpp"
#include "websocket_script.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::engineio {
namespace {

using namespace std::string_literals;
using namespace websocket_script;

constexpr setting deflate_on{.deflate = true};
constexpr frame_options compressed{.rsv = 4};
constexpr frame_options compressed_not_final{.fin = false, .rsv = 4};

const std::string hello = "\xf2\x48\xcd\xc9\xc9\x07\x00"s; // "Hello", RFC 7692 §7.2.3.1

std::string deflated(const std::string& data) {
    std::string out;
    deflater(1).deflate_message(data, out);
    return out;
}

TEST_CASE("a compressed message is inflated") {
    expect(frame(opcode::text, hello, compressed), {"text Hello"}, deflate_on);
    expect(frame(opcode::binary, hello, compressed), {"binary Hello"}, deflate_on);
    expect(frame(opcode::text, "\x00"s, compressed), {"text "}, deflate_on);
    expect(frame(opcode::text, "", compressed), {"text "}, deflate_on);
}

TEST_CASE("messages may stay uncompressed though compression was negotiated") {
    expect(text("plain") + frame(opcode::text, hello, compressed) + text("plain"),
           {"text plain", "text Hello", "text plain"}, deflate_on);
}

TEST_CASE("a compressed message may be fragmented at any byte") {
    for (std::size_t cut = 0; cut <= hello.size(); ++cut) {
        CAPTURE(cut);
        expect(frame(opcode::text, hello.substr(0, cut), compressed_not_final) +
                   frame(opcode::ping, "p") + frame(opcode::continuation, hello.substr(cut)),
               {"ping p", "text Hello"}, deflate_on);
    }
}

TEST_CASE("each message is inflated without memory of the one before") {
    const auto refers_to_hello = "\xf2\x00\x11\x00\x00"s; // RFC 7692 §7.2.3.2
    expect(frame(opcode::text, hello, compressed) +
               frame(opcode::text, refers_to_hello, compressed),
           {"text Hello", "error 1007"}, deflate_on);
}

TEST_CASE("RSV1 belongs on the first frame of a data message, if negotiated") {
    expect(frame(opcode::text, hello, compressed), {"error 1002"});
    expect(frame(opcode::ping, "", compressed), {"error 1002"}, deflate_on);
    expect(frame(opcode::close, "", compressed), {"error 1002"}, deflate_on);
    expect(frame(opcode::text, "", compressed_not_final) +
               frame(opcode::continuation, hello, compressed),
           {"error 1002"}, deflate_on);
    for (const unsigned rsv : {1u, 2u, 3u, 5u, 6u, 7u})
        expect(frame(opcode::text, hello, {.rsv = rsv}), {"error 1002"}, deflate_on);
}

TEST_CASE("text is checked for UTF-8 after inflating") {
    expect(frame(opcode::text, deflated("\u20ac"), compressed), {"text \u20ac"}, deflate_on);
    expect(frame(opcode::text, deflated("\xe2\x82"), compressed), {"error 1007"}, deflate_on);
    expect(frame(opcode::binary, deflated("\xe2\x82"), compressed), {"binary \xe2\x82"},
           deflate_on);
}

TEST_CASE("a corrupt compressed message is refused") {
    expect(frame(opcode::text, "\xff\xff\xff\xff", compressed), {"error 1007"}, deflate_on);
    expect(frame(opcode::text, hello.substr(0, 4), compressed), {"error 1007"}, deflate_on);
}

TEST_CASE("the limit holds for what comes out of inflating") {
    const setting s{.limits = {.max_message = 1000}, .deflate = true};
    const std::string fits(1000, 'a');
    expect(frame(opcode::text, deflated(fits), compressed), {"text " + fits}, s);
    expect(frame(opcode::text, deflated(fits + "a"), compressed), {"error 1009"}, s);
    expect(frame(opcode::text, deflated(std::string(300'000, 'a')), compressed_not_final) +
               frame(opcode::continuation, ""),
           {"error 1009"}, s);
}

TEST_CASE("the limit holds for what goes into inflating") {
    const setting s{.limits = {.max_message = hello.size()}, .deflate = true};
    expect(frame(opcode::text, hello, compressed), {"text Hello"}, s);
    const setting less{.limits = {.max_message = hello.size() - 1}, .deflate = true};
    expect(frame(opcode::text, hello, compressed), {"error 1009"}, less);
}

} // namespace
} // namespace sockeye::engineio
