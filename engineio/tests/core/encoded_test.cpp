#include "codec/deflate.hpp"

#include <sockeye/engineio/encoded.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace sockeye::engineio {
namespace {

struct frame_case {
    std::size_t payload;
    std::string header; // RFC 6455 §5.2: FIN and opcode, then the shortest length
};

const std::vector<frame_case> frame_cases{
    {1, {"\x01", 1}},
    {125, {"\x7d", 1}},
    {126, {"\x7e\x00\x7e", 3}},
    {65535, {"\x7e\xff\xff", 3}},
    {65536, {"\x7f\x00\x00\x00\x00\x00\x01\x00\x00", 9}},
};

TEST_CASE("a text packet is framed as it lies, whatever its length") {
    for (const frame_case& c : frame_cases) {
        CAPTURE(c.payload);
        const std::string data(c.payload - 1, 'x');
        const outgoing_ptr packet = outgoing::make(packet_type::message, data);
        CHECK(packet->data() == data);
        CHECK(packet->size() == data.size());
        for (const auto revision : {protocol::v3, protocol::v4}) {
            CHECK(packet->text_form(revision) == "4" + data);
            CHECK(packet->frame(revision) == "\x81" + c.header + "4" + data);
        }
        CHECK(packet->text_form(protocol::v4).data() == packet->data().data() - 1);
    }
}

TEST_CASE("a binary message has no digit in version 4, a type byte in version 3") {
    for (const frame_case& c : frame_cases) {
        CAPTURE(c.payload);
        const std::string data(c.payload, '\x02');
        const outgoing_ptr packet = outgoing::make(packet_type::message, data, true);
        CHECK(packet->frame(protocol::v4) == "\x82" + c.header + data);
        const outgoing_ptr shorter =
            outgoing::make(packet_type::message, std::string_view(data).substr(1), true);
        CHECK(shorter->frame(protocol::v3) == "\x82" + c.header + "\x04" + data.substr(1));
    }
}

TEST_CASE("an empty binary message is a frame and a text form") {
    const outgoing_ptr packet = outgoing::make(packet_type::message, {}, true);
    CHECK(packet->frame(protocol::v4) == std::string_view("\x82\x00", 2));
    CHECK(packet->frame(protocol::v3) == "\x82\x01\x04");
    CHECK(packet->text_form(protocol::v4) == "b");
    CHECK(packet->text_form(protocol::v3) == "b4");
}

TEST_CASE("binary as text is base64") {
    const outgoing_ptr packet = outgoing::make(packet_type::message, "\1\2\3\4", true);
    CHECK(packet->text_form(protocol::v4) == "bAQIDBA==");
    CHECK(packet->text_form(protocol::v3) == "b4AQIDBA==");
}

TEST_CASE("for clients that cannot take bytes every frame is text") {
    const outgoing_ptr bytes = outgoing::make(packet_type::message, "\1\2\3", true);
    CHECK(bytes->text_frame(protocol::v4) == "\x81\x05"
                                             "bAQID");
    CHECK(bytes->text_frame(protocol::v3) == "\x81\x06"
                                             "b4AQID");
    CHECK(bytes->frame(protocol::v4) == "\x82\x03\1\2\3");
    const outgoing_ptr text = outgoing::make(packet_type::message, "hello");
    CHECK(text->text_frame(protocol::v4) == text->frame(protocol::v4));
}

TEST_CASE("packets without data are their digit") {
    const std::pair<packet_type, const char*> cases[] = {
        {packet_type::open, "0"}, {packet_type::close, "1"},   {packet_type::ping, "2"},
        {packet_type::pong, "3"}, {packet_type::message, "4"}, {packet_type::upgrade, "5"},
        {packet_type::noop, "6"},
    };
    for (const auto& [type, digit] : cases)
        CHECK(outgoing::make(type, {})->frame(protocol::v4) == "\x81\x01" + std::string(digit));
}

TEST_CASE("forms are built once: a later view is the earlier one") {
    const outgoing_ptr packet = outgoing::make(packet_type::message, "\1\2\3", true);
    const auto frame = packet->frame(protocol::v3);
    const auto text = packet->text_form(protocol::v4);
    CHECK(packet->text_form(protocol::v3) != text);
    CHECK(packet->frame(protocol::v3).data() == frame.data());
    CHECK(packet->text_form(protocol::v4).data() == text.data());
}

TEST_CASE("a shared packet is what was encoded, without a copy, for as long as a handle lives") {
    encoded_ptr source = encode_message("hello", false, false);
    const outgoing_ptr first = outgoing::share(source), second = outgoing::share(source);
    CHECK(first->data().data() == source->data().data());
    CHECK(first->frame(protocol::v4).data() == second->frame(protocol::v3).data());
    CHECK_FALSE(first->compress());
    CHECK(source.use_count() == 3);
    source.reset();
    CHECK(second->frame(protocol::v4) == "\x81\x06"
                                         "4hello");
}

TEST_CASE("raw bytes are handed on as they are") {
    for (const std::size_t size : {0, 1, 15, 16, 1000}) {
        const std::string bytes(size, 'r');
        const outgoing_ptr packet = outgoing::raw(bytes);
        CHECK(packet->data() == bytes);
        CHECK(packet->type() != packet_type::message);
    }
}

// The payload of a frame with RSV1, inflated; nothing for a frame without.
std::string inflated(std::string_view frame) {
    if (!(frame[0] & 0x40)) return "";
    REQUIRE(static_cast<unsigned char>(frame[1]) < 126);
    std::string out;
    CHECK(inflater().inflate_message(frame.substr(2), 10'000, out) == inflater::status::ok);
    return out;
}

TEST_CASE("a deflated frame carries the same payload") {
    deflater deflate;
    const std::string data(1000, 'x');
    const outgoing_ptr text = outgoing::make(packet_type::message, data);
    const outgoing_ptr binary = outgoing::make(packet_type::message, data, true);
    for (const auto revision : {protocol::v3, protocol::v4})
        CHECK(inflated(text->deflated_frame(revision, deflate)) == "4" + data);
    CHECK(inflated(binary->deflated_frame(protocol::v3, deflate)) == "\x04" + data);
    CHECK(inflated(binary->deflated_frame(protocol::v4, deflate)) == data);
    CHECK(binary->deflated_frame(protocol::v4, deflate)[0] == '\xc2');
    CHECK(text->deflated_frame(protocol::v4, deflate)[0] == '\xc1');
}

TEST_CASE("what deflating would not make smaller goes out as it is") {
    deflater deflate;
    const outgoing_ptr packet = outgoing::make(packet_type::message, "ab");
    CHECK(packet->deflated_frame(protocol::v4, deflate) == packet->frame(protocol::v4));
}

TEST_CASE("a message beyond 4 GiB is refused before memory is taken") {
    const std::string_view huge("", std::numeric_limits<std::uint32_t>::max() - 63ull);
    CHECK_THROWS_AS(outgoing::make(packet_type::message, huge), std::length_error);
    CHECK_THROWS_AS(encode_message(huge), std::length_error);
}

TEST_CASE("packets of any size and number are intact, and may end on another thread") {
    std::vector<outgoing_ptr> packets;
    for (int round = 0; round < 2; ++round) { // the second may lie where the first has lain
        for (std::size_t i = 0; i < 3000; ++i)
            packets.push_back(
                outgoing::make(packet_type::message, std::string(i % 400, char('a' + i % 26))));
        for (std::size_t i = 0; i < packets.size(); ++i)
            CHECK(packets[i]->data() == std::string(i % 400, char('a' + i % 26)));
        if (round == 0) packets.clear();
    }
    std::thread([&] { packets.clear(); }).join();
}

} // namespace
} // namespace sockeye::engineio
