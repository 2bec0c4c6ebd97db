#include "codec/deflate.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <random>
#include <string>
#include <string_view>

namespace sockeye::engineio {
namespace {

using namespace std::string_literals;
using status = inflater::status;

constexpr std::size_t plenty = 10'000'000;

struct inflated {
    status result;
    std::string data;

    bool operator==(const inflated&) const = default;
};

inflated inflate(std::string_view compressed, std::size_t max = plenty) {
    inflater i;
    inflated out{};
    out.result = i.inflate_message(compressed, max, out.data);
    return out;
}

std::string deflate(std::string_view data, int level = 1) {
    std::string out;
    deflater(level).deflate_message(data, out);
    return out;
}

std::string noise(std::size_t size) {
    std::minstd_rand random(7);
    std::string out(size, '\0');
    for (auto& c : out)
        c = static_cast<char>(random() >> 8);
    return out;
}

// One message that is one final block, as some clients send it.
std::string deflate_final(const std::string& data) {
    std::string out(data.size() + 100, '?');
    z_stream z{};
    REQUIRE(deflateInit2(&z, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    z.avail_in = static_cast<uInt>(data.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    REQUIRE(::deflate(&z, Z_FINISH) == Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

// By zlib's own judgement of the format: `window` as for inflateInit2.
std::string uncompress_body(const std::string& body, int window, std::size_t size) {
    std::string out(size + 1, '?');
    z_stream z{};
    REQUIRE(inflateInit2(&z, window) == Z_OK);
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data()));
    z.avail_in = static_cast<uInt>(body.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    CHECK(::inflate(&z, Z_FINISH) == Z_STREAM_END);
    CHECK(z.avail_in == 0);
    out.resize(z.total_out);
    inflateEnd(&z);
    return out;
}

TEST_CASE("the examples of RFC 7692 section 7.2.3 inflate to hello") {
    const inflated hello{status::ok, "Hello"};
    CHECK(inflate("\xf2\x48\xcd\xc9\xc9\x07\x00"s) == hello);
    CHECK(inflate("\x00\x05\x00\xfa\xff\x48\x65\x6c\x6c\x6f\x00"s) == hello);         // stored
    CHECK(inflate("\xf3\x48\xcd\xc9\xc9\x07\x00\x00"s) == hello);                     // BFINAL
    CHECK(inflate("\xf2\x48\x05\x00\x00\x00\xff\xff\xca\xc9\xc9\x07\x00"s) == hello); // two blocks
}

TEST_CASE("an empty message inflates to nothing") {
    CHECK(inflate("\x00"s) == inflated{status::ok, ""});
    CHECK(inflate("") == inflated{status::ok, ""});
    CHECK(deflate("") == "\x00"s);
}

TEST_CASE("a final block may end the message or stand in its middle") {
    const auto final_hello = "\xf3\x48\xcd\xc9\xc9\x07\x00"s;
    CHECK(inflate(final_hello) == inflated{status::ok, "Hello"});
    CHECK(inflate(final_hello + "\x00"s) == inflated{status::ok, "Hello"});
    CHECK(inflate(final_hello + final_hello) == inflated{status::ok, "HelloHello"});
    CHECK(inflate(final_hello + "\xf2\x48\xcd\xc9\xc9\x07\x00"s) ==
          inflated{status::ok, "HelloHello"});
}

// The inflater's output buffer has 16 KiB: a block may end with it full, or still hold back a
// match.
TEST_CASE("a final block may end wherever the output buffer ends") {
    for (std::size_t n = 16'384 - 2; n < 16'384 + 260; ++n) {
        CAPTURE(n);
        const std::string data(n, 'a');
        const auto wire = deflate_final(data);
        REQUIRE(inflate(wire) == inflated{status::ok, data});
        REQUIRE(inflate(wire + "\x00"s) == inflated{status::ok, data});
    }
}

TEST_CASE("a message cut off anywhere is corrupt") {
    const auto whole = deflate(noise(100) + std::string(500, 'x'));
    REQUIRE(inflate(whole).result == status::ok);
    for (std::size_t n = 1; n + 1 < whole.size(); ++n) {
        CAPTURE(n);
        REQUIRE(inflate(whole.substr(0, n)).result == status::corrupt);
    }
}

TEST_CASE("what is not deflate's format is corrupt") {
    CHECK(inflate("\xff\xff\xff").result == status::corrupt);
    CHECK(inflate("\xf2\x00\x11\x00\x00"s).result == status::corrupt); // a distance too far back
}

TEST_CASE("what a deflater writes inflates again") {
    for (const int level : {1, 6, 9}) {
        for (const std::size_t n : {1u, 5u, 100u, 16383u, 16384u, 16385u, 100'000u}) {
            CAPTURE(n);
            for (const auto& data : {noise(n), std::string(n, 'a')})
                REQUIRE(inflate(deflate(data, level)) == inflated{status::ok, data});
        }
    }
}

TEST_CASE("a deflated message is smaller and its tail is removed") {
    const auto wire = deflate(std::string(10'000, 'a'));
    CHECK(wire.size() < 100);
    CHECK_FALSE(wire.ends_with("\x00\x00\xff\xff"s));
}

TEST_CASE("the same message always deflates to the same bytes") {
    deflater d(1);
    std::string first, second;
    d.deflate_message("hello hello hello", first);
    d.deflate_message("hello hello hello", second);
    CHECK(first == second);
}

TEST_CASE("both directions append") {
    std::string out = "before ";
    inflater().inflate_message("\xf2\x48\xcd\xc9\xc9\x07\x00"s, 5, out);
    CHECK(out == "before Hello");
    out = "before ";
    deflater(1).deflate_message("", out);
    CHECK(out == "before \x00"s);
}

TEST_CASE("exactly the limit comes out and not a byte more") {
    for (const std::size_t n : {1u, 1000u, 16'384u, 32'768u, 50'000u}) {
        CAPTURE(n);
        const auto wire = deflate(std::string(n, 'a'));
        CHECK(inflate(wire, n) == inflated{status::ok, std::string(n, 'a')});
        CHECK(inflate(wire, n - 1).result == status::too_big);
    }
    CHECK(inflate(deflate("a"), 0).result == status::too_big);
    CHECK(inflate(deflate(""), 0).result == status::ok);
}

TEST_CASE("a deflate bomb stops at the limit") {
    const auto bomb = deflate(std::string(50'000'000, '\0'), 9);
    REQUIRE(bomb.size() < 100'000);
    const auto out = inflate(bomb, 100'000);
    CHECK(out.result == status::too_big);
    CHECK(out.data.size() <= 100'000);
    CHECK(out.data.capacity() <= 200'000);
}

TEST_CASE("an inflater is as good as new after any message") {
    inflater i;
    std::string out;
    for (const auto& bad : {deflate(std::string(1000, 'a')), "\xff\xff"s, "\xf2\x48"s}) {
        CHECK(i.inflate_message(bad, 100, out) != status::ok);
        out.clear();
        CHECK(i.inflate_message("\xf2\x48\xcd\xc9\xc9\x07\x00"s, 100, out) == status::ok);
        CHECK(out == "Hello");
        out.clear();
    }
}

TEST_CASE("bodies are compressed as gzip and as zlib's format") {
    constexpr int zlib_only = 15;
    constexpr int gzip_only = 15 + 16;
    for (const auto& body : {""s, "x"s, std::string(100'000, 'a'), noise(100'000)}) {
        CAPTURE(body.size());
        CHECK(uncompress_body(gzip(body), gzip_only, body.size()) == body);
        CHECK(uncompress_body(deflate_zlib(body), zlib_only, body.size()) == body);
    }
}

} // namespace
} // namespace sockeye::engineio
