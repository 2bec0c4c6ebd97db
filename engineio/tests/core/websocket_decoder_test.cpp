#include "codec/websocket_decoder.hpp"
#include "websocket_script.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>

namespace sockeye::engineio {
namespace {

using namespace std::string_literals;
using namespace websocket_script;

const transcript protocol_error{"error 1002"};
const transcript not_utf8{"error 1007"};

// Messages and fragments (RFC 6455 §5.4, §5.6)

TEST_CASE("the masked hello of RFC 6455 section 5.7 is a text message") {
    expect("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58", {"text Hello"});
}

TEST_CASE("binary and text are told apart") {
    expect(frame(opcode::binary, "\xff\x00\xfe"s) + text("t"), {"binary \xff\x00\xfe"s, "text t"});
}

TEST_CASE("every form of the length is understood") {
    for (const std::size_t n : {0u, 1u, 124u, 125u, 126u, 127u, 128u, 65535u, 65536u}) {
        CAPTURE(n);
        const std::string payload(n, 'x');
        expect(text(payload), {"text " + payload});
        expect(frame(opcode::binary, payload), {"binary " + payload});
    }
}

TEST_CASE("a length in more bytes than it needs is accepted") {
    for (const int bytes : {2, 8}) {
        expect(frame(opcode::text, "", {.length_bytes = bytes}), {"text "});
        expect(frame(opcode::text, "abc", {.length_bytes = bytes}), {"text abc"});
        expect(frame(opcode::ping, "abc", {.length_bytes = bytes}), {"ping abc"});
    }
}

TEST_CASE("any masking key is undone") {
    for (const auto& key : {"\x00\x00\x00\x00"s, "\xff\xff\xff\xff"s, "\x80\x00\x00\x01"s}) {
        expect(frame(opcode::text, "0123456789abcdefghi", {.key = key}),
               {"text 0123456789abcdefghi"});
    }
}

TEST_CASE("fragments make one message, of the first one's type") {
    expect(frame(opcode::text, "Hel", not_final) + frame(opcode::continuation, "lo"),
           {"text Hello"});
    expect(frame(opcode::binary, "a", not_final) + frame(opcode::continuation, "b", not_final) +
               frame(opcode::continuation, "c"),
           {"binary abc"});
}

TEST_CASE("empty fragments are allowed anywhere") {
    expect(frame(opcode::text, "", not_final) + frame(opcode::continuation, "", not_final) +
               frame(opcode::continuation, "x", not_final) + frame(opcode::continuation, ""),
           {"text x"});
    expect(frame(opcode::text, "", not_final) + frame(opcode::continuation, ""), {"text "});
}

TEST_CASE("a fragmented message is followed by another one") {
    const auto fragmented = frame(opcode::text, "a", not_final) + frame(opcode::continuation, "b");
    expect(fragmented + fragmented + text("c"), {"text ab", "text ab", "text c"});
}

TEST_CASE("a continuation needs a message to continue") {
    expect(frame(opcode::continuation, "x"), protocol_error);
    expect(frame(opcode::continuation, "", not_final), protocol_error);
    expect(text("x") + frame(opcode::continuation, "y"), {"text x", "error 1002"});
    expect(frame(opcode::text, "a", not_final) + frame(opcode::continuation, "b") +
               frame(opcode::continuation, "c"),
           {"text ab", "error 1002"});
}

TEST_CASE("no message begins inside another one") {
    for (const auto op : {opcode::text, opcode::binary}) {
        expect(frame(opcode::text, "a", not_final) + frame(op, "b"), protocol_error);
        expect(frame(opcode::text, "", not_final) + frame(op, "b", not_final), protocol_error);
    }
}

// Control frames (RFC 6455 §5.5)

TEST_CASE("pings and pongs are handed out with their payload") {
    const std::string longest(125, 'p');
    expect(frame(opcode::ping, "") + frame(opcode::ping, "x"), {"ping ", "ping x"});
    expect(frame(opcode::pong, "\xff\x00"s), {"pong \xff\x00"s});
    expect(frame(opcode::ping, longest), {"ping " + longest});
}

TEST_CASE("control frames are handed out between the fragments of a message") {
    expect(frame(opcode::text, "Hel", not_final) + frame(opcode::ping, "1") +
               frame(opcode::pong, "2") + frame(opcode::continuation, "l", not_final) +
               frame(opcode::ping, "") + frame(opcode::continuation, "o"),
           {"ping 1", "pong 2", "ping ", "text Hello"});
}

TEST_CASE("a close between fragments ends the connection") {
    expect(frame(opcode::text, "a", not_final) + close_with(1001) +
               frame(opcode::continuation, "b"),
           {"close 1001 "});
}

TEST_CASE("control frames are short and whole") {
    for (const auto op : {opcode::close, opcode::ping, opcode::pong}) {
        CAPTURE(static_cast<int>(op));
        expect(frame(op, std::string(126, 'x')), protocol_error);
        expect(header(static_cast<unsigned>(op), 65536), protocol_error);
        expect(frame(op, "", not_final), protocol_error);
    }
}

// Headers (RFC 6455 §5.2)

TEST_CASE("reserved bits are refused on every frame") {
    for (unsigned rsv = 1; rsv <= 7; ++rsv) {
        for (const auto op : {opcode::text, opcode::binary, opcode::close, opcode::ping}) {
            expect(frame(op, "", {.rsv = rsv}), protocol_error);
        }
        expect(frame(opcode::text, "a", not_final) + frame(opcode::continuation, "b", {.rsv = rsv}),
               protocol_error);
    }
}

TEST_CASE("reserved opcodes are refused") {
    for (const unsigned op : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u}) {
        CAPTURE(op);
        expect(frame(op, ""), protocol_error);
        expect(frame(op, "payload"), protocol_error);
        expect(frame(opcode::text, "a", not_final) + frame(op, ""), protocol_error);
    }
}

TEST_CASE("frames without a mask are refused") {
    for (const auto op : {opcode::text, opcode::binary, opcode::close, opcode::ping}) {
        expect(frame(op, "", {.masked = false}), protocol_error);
        expect(frame(op, "abc", {.masked = false}), protocol_error);
    }
}

TEST_CASE("nothing is read after an error") {
    expect(frame(3, "") + text("x") + close_with(1000), protocol_error);
}

// Text (RFC 6455 §5.6, §8.1)

TEST_CASE("characters may be cut anywhere by frames") {
    const std::string word = "\u03ba\u20ac\U0001f600";
    for (std::size_t cut = 0; cut <= word.size(); ++cut) {
        CAPTURE(cut);
        expect(frame(opcode::text, word.substr(0, cut), not_final) +
                   frame(opcode::continuation, word.substr(cut)),
               {"text " + word});
    }
}

TEST_CASE("text that is not UTF-8 is refused") {
    for (const auto& bad : {"\x80"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xf4\x90\x80\x80"s,
                            "\u03ba\xe2\x82"s, "\xff"s, "ok\xce"s}) {
        expect(text(bad), not_utf8);
        expect(frame(opcode::text, bad.substr(0, 1), not_final) +
                   frame(opcode::continuation, bad.substr(1)),
               not_utf8);
        expect(frame(opcode::binary, bad), {"binary " + bad});
    }
}

// Close (RFC 6455 §5.5.1, §7.4)

TEST_CASE("a close is handed out with its code and reason") {
    expect(frame(opcode::close, ""), {"close 1005 "});
    expect(close_with(1000), {"close 1000 "});
    expect(close_with(1001, "going \u20ac"), {"close 1001 going \u20ac"});
    const std::string longest(123, 'r');
    expect(close_with(4000, longest), {"close 4000 " + longest});
}

TEST_CASE("nothing is read after a close") {
    expect(close_with(1000) + text("x") + frame(3, ""), {"close 1000 "});
}

TEST_CASE("only codes that may be sent are accepted in a close") {
    for (const std::uint16_t code : {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012,
                                     1013, 1014, 3000, 3999, 4000, 4999}) {
        expect(close_with(code), {"close " + std::to_string(code) + " "});
    }
    for (const std::uint16_t code :
         {0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
        CAPTURE(code);
        expect(close_with(code), protocol_error);
    }
}

TEST_CASE("half a close code is refused") {
    expect(frame(opcode::close, "\x03"), protocol_error);
}

TEST_CASE("a close reason is UTF-8 and cannot be continued") {
    expect(close_with(1000, "\xce"), not_utf8);
    expect(close_with(1000, "ok\xff"), not_utf8);
}

} // namespace
} // namespace sockeye::engineio
