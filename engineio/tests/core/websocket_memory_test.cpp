#include "codec/websocket_decoder.hpp"
#include "websocket_script.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <malloc.h>
#include <new>
#include <string>

// What a decoder takes from the heap is read from these counters. They replace the operators of the
// whole test program; nobody else looks at them.
namespace {

thread_local std::size_t live = 0;
thread_local std::size_t peak = 0;

} // namespace

void* operator new(std::size_t size) {
    void* p = std::malloc(size);
    if (!p) throw std::bad_alloc();
    live += malloc_usable_size(p);
    peak = std::max(peak, live);
    return p;
}

// Otherwise a sanitizer's own, which expects its own delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept try {
    return operator new(size);
} catch (const std::bad_alloc&) {
    return nullptr;
}

void operator delete(void* p) noexcept {
    if (p) live -= malloc_usable_size(p);
    std::free(p);
}

void operator delete(void* p, std::size_t) noexcept {
    operator delete(p);
}

namespace sockeye::engineio {
namespace {

using namespace websocket_script;

// One decoder, and how much memory it holds between two reads.
class measured_decoder {
public:
    explicit measured_decoder(inflater* inflate = nullptr) : decoder_({}, inflate) {}

    // Decodes in place, so that nothing but the decoder allocates.
    void read(std::string& wire, std::size_t piece = std::string::npos) {
        const std::size_t before = live - held_;
        peak = live;
        for (std::size_t at = 0; at < wire.size(); at += std::min(piece, wire.size() - at)) {
            std::span<char> input(wire.data() + at, std::min(piece, wire.size() - at));
            while (decoder_.next(input).kind != websocket_event_kind::need_more)
                ++events_;
        }
        held_ = live - before;
        peak_ = peak - before;
    }

    std::size_t held() const { return held_; }
    std::size_t peak_of_read() const { return peak_; }
    std::size_t events() const { return events_; }

private:
    websocket_decoder decoder_;
    std::size_t held_ = 0;
    std::size_t peak_ = 0;
    std::size_t events_ = 0;
};

TEST_CASE("a whole message is decoded without taking memory") {
    measured_decoder decoder;
    std::string wire = text(std::string(50'000, 'x')) + frame(opcode::ping, "p");
    decoder.read(wire);
    CHECK(decoder.events() == 2);
    CHECK(decoder.peak_of_read() == 0);
}

TEST_CASE("a decoder between messages holds no memory") {
    inflater inflate;
    measured_decoder decoder(&inflate);
    std::string compressed;
    deflater(1).deflate_message(std::string(50'000, 'x'), compressed);
    std::string wire = frame(opcode::text, "a", not_final) + frame(opcode::ping, "p") +
                       frame(opcode::continuation, std::string(1000, 'x')) +
                       frame(opcode::text, compressed, {.rsv = 4});
    decoder.read(wire, 7);
    CHECK(decoder.events() == 3);
    CHECK(decoder.peak_of_read() > 50'000);
    CHECK(decoder.held() == 0);
}

TEST_CASE("a header cut anywhere holds no memory") {
    const std::string whole = header(2, 65'536);
    for (std::size_t n = 1; n < whole.size(); ++n) {
        measured_decoder decoder;
        std::string wire = whole.substr(0, n);
        decoder.read(wire);
        CHECK(decoder.held() == 0);
    }
}

TEST_CASE("an announced length takes no memory") {
    measured_decoder decoder;
    std::string wire = header(2, 1'000'000) + std::string(100, 'x');
    decoder.read(wire);
    CHECK(decoder.events() == 0);
    CHECK(decoder.peak_of_read() < 2 * 100 + 512);
}

TEST_CASE("a message that arrives in pieces never takes more than thrice its bytes") {
    for (const std::size_t piece : {1u, 1000u, 65'536u}) {
        CAPTURE(piece);
        measured_decoder decoder;
        std::string wire = header(2, 200'000) + std::string(150'000, 'x');
        decoder.read(wire, piece);
        CHECK(decoder.held() < 2 * 150'000 + 512);
        CHECK(decoder.peak_of_read() < 3 * 150'000 + 512); // while the buffer moves
    }
}

TEST_CASE("one-byte fragments take memory for their bytes alone") {
    measured_decoder decoder;
    std::string wire = frame(opcode::binary, "x", not_final);
    for (int i = 0; i < 16'000; ++i)
        wire += frame(opcode::continuation, "x", not_final) + frame(opcode::ping, "");
    decoder.read(wire, 3);
    CHECK(decoder.events() == 16'000);
    CHECK(decoder.held() < 2 * 16'001 + 512);
}

TEST_CASE("empty fragments take no memory") {
    measured_decoder decoder;
    std::string wire = frame(opcode::binary, "", not_final);
    for (int i = 0; i < 16'000; ++i)
        wire += frame(opcode::continuation, "", not_final);
    decoder.read(wire);
    CHECK(decoder.held() < 512);
}

TEST_CASE("after an error or a close nothing is held") {
    for (const auto& last : {frame(3, ""), close_with(1000)}) {
        measured_decoder decoder;
        std::string wire = frame(opcode::binary, std::string(5000, 'x'), not_final) + last + "more";
        decoder.read(wire, 11);
        CHECK(decoder.events() == 1);
        CHECK(decoder.held() == 0);
    }
}

} // namespace
} // namespace sockeye::engineio
