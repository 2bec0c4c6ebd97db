#include "state/output_queue.hpp"

#include <doctest/doctest.h>

#include <array>
#include <random>
#include <string>

namespace sockeye::engineio {
namespace {

void push(output_queue& queue, std::string_view text, bool continues = false) {
    const outgoing_ptr packet = outgoing::make(packet_type::message, text);
    queue.push(packet, packet->data(), continues);
}

// What would be written next, a part in brackets each.
std::string gathered(const output_queue& queue, unsigned max = 8) {
    std::array<iovec, 8> parts{};
    const unsigned count = queue.gather(parts.data(), max);
    REQUIRE(count <= max);
    std::string text;
    for (unsigned i = 0; i < count; ++i)
        text += '[' + std::string(static_cast<char*>(parts[i].iov_base), parts[i].iov_len) + ']';
    return text;
}

std::string taken(output_queue& queue) {
    std::string text;
    for (const queued_packet& packet : queue.take_all())
        text += (packet.continues ? "+" : "[") + std::string(packet.bytes) + ']';
    return text;
}

TEST_CASE("an empty output queue has nothing to write") {
    output_queue queue;
    CHECK(queue.empty());
    CHECK(queue.bytes() == 0);
    CHECK(gathered(queue).empty());
    queue.consume(0);
    std::size_t dropped = 0;
    CHECK_FALSE(queue.drop_oldest(dropped));
    CHECK(queue.take_all().empty());
}

TEST_CASE("what is queued is gathered in order, as far as there are parts") {
    output_queue queue;
    for (const char* text : {"ab", "", "cde"})
        push(queue, text);
    CHECK(queue.size() == 3);
    CHECK(queue.bytes() == 5);
    CHECK(gathered(queue) == "[ab][][cde]");
    CHECK(gathered(queue, 2) == "[ab][]");
    CHECK(gathered(queue, 0).empty());
}

TEST_CASE("a write may end anywhere") {
    const std::array<const char*, 6> left{"[ab][cde]", "[b][cde]", "[cde]", "[de]", "[e]", ""};
    for (std::size_t written = 0; written < left.size(); ++written) {
        CAPTURE(written);
        output_queue queue;
        push(queue, "ab");
        push(queue, "cde");
        queue.consume(written);
        CHECK(gathered(queue) == left[written]);
        CHECK(queue.bytes() == 5 - written);
        CHECK(queue.empty() == (written == 5));
    }
}

TEST_CASE("packets without bytes leave with those before them") {
    output_queue queue;
    for (const char* text : {"", "a", "", "b"})
        push(queue, text);
    queue.consume(1);
    CHECK(gathered(queue) == "[b]");
    queue.consume(1);
    push(queue, "");
    CHECK_FALSE(queue.empty());
    queue.consume(0);
    CHECK(queue.empty());
}

TEST_CASE("a packet is let go as soon as it has left, or was dropped") {
    const encoded_ptr packet = encode_message("ab");
    output_queue queue;
    for (int i = 0; i < 4; ++i) {
        const outgoing_ptr handle = outgoing::share(packet);
        queue.push(handle, handle->data());
    }
    std::size_t dropped = 0;
    CHECK(queue.drop_oldest(dropped));
    CHECK(packet.use_count() == 4);
    queue.consume(3);
    CHECK(packet.use_count() == 3);
    CHECK(queue.drop_oldest(dropped));
    CHECK(packet.use_count() == 2);
    queue.consume(1);
    CHECK(packet.use_count() == 1);
}

TEST_CASE("dropping takes the oldest group, whole") {
    output_queue queue;
    push(queue, "a");
    push(queue, "b", true);
    push(queue, "cd");
    std::size_t dropped = 0;
    CHECK(queue.drop_oldest(dropped));
    CHECK(dropped == 2);
    CHECK(queue.bytes() == 2);
    CHECK(gathered(queue) == "[cd]");
    CHECK(queue.drop_oldest(dropped));
    CHECK(dropped == 3);
    CHECK(queue.empty());
}

TEST_CASE("dropping spares a group that has begun to leave") {
    const std::array<const char*, 4> left{"", "[b]+cd][h]", "+cd][h]", "+d][h]"};
    for (std::size_t written = 1; written < left.size(); ++written) {
        CAPTURE(written);
        output_queue queue;
        push(queue, "ab");
        push(queue, "cd", true);
        push(queue, "ef");
        push(queue, "g", true);
        push(queue, "h");
        queue.consume(written);
        std::size_t dropped = 0;
        CHECK(queue.drop_oldest(dropped));
        CHECK(dropped == 2);
        CHECK(queue.bytes() == 5 - written);
        CHECK(taken(queue) == left[written]);
    }
}

TEST_CASE("dropping spares what is no message") {
    output_queue queue;
    const outgoing_ptr ping = outgoing::make(packet_type::ping, "p");
    const outgoing_ptr frame = outgoing::raw("raw");
    queue.push(ping, ping->data());
    queue.push(frame, frame->data());
    push(queue, "a");
    queue.push(ping, ping->data());
    push(queue, "b");
    std::size_t dropped = 0;
    while (queue.drop_oldest(dropped)) {
    }
    CHECK(dropped == 2);
    CHECK(gathered(queue) == "[p][raw][p]");
    CHECK(queue.bytes() == 5);
}

TEST_CASE("everything can be taken out, the rest of what has begun to leave first") {
    output_queue queue;
    for (const char* text : {"ab", "cd"})
        push(queue, text);
    push(queue, "ef", true);
    queue.consume(3);
    CHECK(taken(queue) == "[d]+ef]");
    CHECK(queue.empty());
    CHECK(queue.bytes() == 0);
}

// Against a string: what leaves is what was pushed, without what was dropped, in order.
TEST_CASE("a queue that never runs dry keeps its order") {
    std::mt19937 random(1);
    output_queue queue;
    std::string expected, left;
    for (int step = 0; step < 20'000; ++step) {
        const std::string text(random() % 4, static_cast<char>('a' + step % 26));
        push(queue, text);
        expected += text;
        if (queue.bytes() < 300) continue;
        const std::string next = gathered(queue, 1);
        const std::size_t written = random() % (next.size() - 1);
        left.append(next, 1, written);
        queue.consume(written);
        REQUIRE(left.size() + queue.bytes() == expected.size());
    }
    for (const queued_packet& packet : queue.take_all())
        left += packet.bytes;
    CHECK(left == expected);
}

} // namespace
} // namespace sockeye::engineio
