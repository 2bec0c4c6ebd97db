#include "config/value_kinds.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

using namespace std::chrono_literals;

TEST_CASE("values: sizes are in bytes, thousands or 1024s") {
    const auto kind = size(0, std::size_t(1) << 40);
    struct row {
        const char* text;
        std::size_t bytes;
    };
    const row table[] = {
        {"0", 0},           {"1048576", 1'048'576}, {"1KB", 1000},       {"1KiB", 1024},
        {"1MB", 1'000'000}, {"3MiB", 3'145'728},    {"2GB", 2000000000}, {"2GiB", 2'147'483'648}};
    for (const row& r : table) {
        CAPTURE(r.text);
        CHECK(kind.read(r.text) == r.bytes);
    }
    for (const char* text : {"", "MB", "1mb", "1 MB", "-1", "+1", "1.5MB", "1M", "0x10", "1B",
                             "18446744073709551616", "99999999999GiB", "1MB "}) {
        CAPTURE(text);
        CHECK_FALSE(kind.read(text));
    }
}

TEST_CASE("values: times have a unit") {
    const auto kind = duration(0ms, 24h);
    CHECK(kind.read("250ms") == 250ms);
    CHECK(kind.read("5s") == 5s);
    CHECK(kind.read("2m") == 2min);
    CHECK(kind.read("24h") == 24h);
    CHECK(kind.read("0s") == 0ms);
    for (const char* text :
         {"", "5", "0", "s", "5 s", "1.5s", "-1s", "5S", "1d", "25h", "9223372036854775807h"}) {
        CAPTURE(text);
        CHECK_FALSE(kind.read(text));
    }
}

TEST_CASE("values: where only seconds count, parts of one are refused") {
    const auto kind = whole_seconds(0s, 10min);
    CHECK(kind.read("2m") == 120s);
    CHECK(kind.read("3000ms") == 3s);
    CHECK_FALSE(kind.read("2500ms"));
    CHECK_FALSE(kind.read("11m"));
}

TEST_CASE("values: numbers are within their bounds") {
    const auto kind = number<unsigned short>(1, 65535);
    CHECK(kind.read("1") == 1);
    CHECK(kind.read("65535") == 65535);
    for (const char* text : {"", "0", "65536", "-1", "1.0", "1e3", " 1", "1 ", "0x1", "a"}) {
        CAPTURE(text);
        CHECK_FALSE(kind.read(text));
    }
    CHECK(kind.expected == "a number from 1 to 65535");
}

TEST_CASE("values: a list is what commas separate") {
    const auto kind = list("names", [](std::string_view part) { return part != "bad"; });
    using texts = std::vector<std::string>;
    CHECK(kind.read("") == texts{});
    CHECK(kind.read("  ") == texts{});
    CHECK(kind.read("a") == texts{"a"});
    CHECK(kind.read(" a , b c,d") == texts{"a", "b c", "d"});
    for (const char* text : {",", "a,", ",a", "a,,b", "a,bad", "a\n,b"}) {
        CAPTURE(text);
        CHECK_FALSE(kind.read(text));
    }
}

TEST_CASE("values: a text is one line, and may be empty whatever its rule") {
    const auto kind = text("yes", [](std::string_view given) { return given == "yes"; });
    CHECK(kind.read("yes") == "yes");
    CHECK(kind.read("") == "");
    CHECK_FALSE(kind.read("no"));
    CHECK_FALSE(text("any", [](std::string_view) { return true; }).read("a\nb"));
}

TEST_CASE("values: a choice is one of its names, to the letter") {
    const auto kind = one_of<int>({{"one", 1}, {"two", 2}, {"three", 3}});
    CHECK(kind.read("two") == 2);
    CHECK_FALSE(kind.read("Two"));
    CHECK_FALSE(kind.read(""));
    CHECK(kind.expected == "one, two or three");
    CHECK(truth().read("false") == false);
    CHECK_FALSE(truth().read("no"));
}

TEST_CASE("values: what is written is what is read, in the largest unit that fits") {
    const auto bytes = size(0, std::size_t(1) << 40);
    CHECK(bytes.write(1'000'000) == "1MB");
    CHECK(bytes.write(1'048'576) == "1MiB");
    CHECK(bytes.write(1001) == "1001");
    CHECK(bytes.write(0) == "0");
    const auto time = duration(0ms, 24h);
    CHECK(time.write(5s) == "5s");
    CHECK(time.write(90s) == "90s");
    CHECK(time.write(120s) == "2m");
    CHECK(time.write(1500ms) == "1500ms");
    CHECK(time.read(time.write(0ms)) == 0ms);
}

} // namespace sockeye::app
