#include <sockeye/socketio/arguments.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace sockeye::socketio {
namespace {

struct point {
    double x = 0, y = 0;
    std::optional<std::string> label{};
    static constexpr auto fields() {
        return std::tuple{field{"x", &point::x}, field{"y", &point::y},
                          field{"label", &point::label}};
    }
    bool operator==(const point&) const = default;
};

struct shape {
    std::string name{};
    std::vector<point> corners{};
    static constexpr auto fields() {
        return std::tuple{field{"name", &shape::name}, field{"corners", &shape::corners}};
    }
};

struct tree {
    std::vector<tree> branches{};
    static constexpr auto fields() { return std::tuple{field{"branches", &tree::branches}}; }
};

enum class colour { red, green };

} // namespace

template<>
struct mapping<colour> {
    static constexpr std::string_view expected = "a colour";
    static std::optional<colour> from_value(const value& from) {
        if (from == value("red")) return colour::red;
        return from == value("green") ? std::optional(colour::green) : std::nullopt;
    }
    static value to_value(colour from) { return from == colour::red ? "red" : "green"; }
};

namespace {

template<class... Args>
std::string complaint(const array& event) {
    const auto arguments = decode_arguments<Args...>(event, 1);
    REQUIRE_FALSE(arguments);
    return arguments.error().describe(event[0].as_string());
}

template<class T>
bool fits(const value& from) {
    return static_cast<bool>(from_value<T>(from));
}

TEST_CASE("arguments are read as the types that are asked for") {
    const array event{"move", true, -3, 2.5, "text", binary{"b"}, nullptr, 7U};
    const auto arguments =
        decode_arguments<bool, int, double, std::string, binary, value, std::uint8_t>(event, 1);
    REQUIRE(arguments);
    CHECK(*arguments ==
          std::tuple(true, -3, 2.5, std::string("text"), binary{"b"}, value(), std::uint8_t{7}));
}

TEST_CASE("a mismatch is told in the caller's words") {
    CHECK(complaint<int, int>({"move", 1, "abc"}) ==
          R"(argument 2 of "move": expected integer, got string "abc")");
    CHECK(complaint<int>({"move"}) == R"(argument 1 of "move": expected integer, got nothing)");
    CHECK(complaint<bool>({"move", 1}) ==
          R"(argument 1 of "move": expected boolean, got integer 1)");
    CHECK(complaint<std::string>({"move", nullptr}) ==
          R"(argument 1 of "move": expected string, got null)");
    CHECK(complaint<double>({"move", true}) ==
          R"(argument 1 of "move": expected number, got boolean true)");
    CHECK(complaint<std::uint8_t>({"move", 256}) ==
          R"(argument 1 of "move": expected integer from 0 to 255, got integer 256)");
    CHECK(complaint<int>({"move", 1.5}) ==
          R"(argument 1 of "move": expected integer, got number 1.5)");
    CHECK(complaint<binary>({"move", array{}}) ==
          R"(argument 1 of "move": expected binary, got array)");
    CHECK(complaint<array>({"move", object{}}) ==
          R"(argument 1 of "move": expected array, got object)");
    CHECK(complaint<colour>({"paint", "blue"}) ==
          R"(argument 1 of "paint": expected a colour, got string "blue")");
}

TEST_CASE("a mismatch inside of an argument is told with the way to it") {
    const object square{
        {"name", "square"},
        {"corners", array{value(object{{"x", 1}, {"y", 2}}), value(object{{"x", 1}})}}};
    CHECK(complaint<int, shape>({"draw", 1, square}) ==
          R"(argument 2 of "draw", at .corners[1].y: expected number, got nothing)");
    CHECK(complaint<std::map<std::string, std::vector<int>>>(
              {"set", object{{"a b", array{1, "x"}}}}) ==
          R"(argument 1 of "set", at .a b[1]: expected integer, got string "x")");
    CHECK(complaint<std::tuple<int, std::pair<int, bool>>>({"t", array{1, value(array{1})}}) ==
          R"(argument 1 of "t", at [1][1]: expected boolean, got nothing)");
    CHECK(complaint<std::optional<int>>({"o", "x"}) ==
          R"(argument 1 of "o": expected integer, got string "x")");
}

TEST_CASE("what a client sent is quoted shortly and without control characters") {
    CHECK(complaint<int>({"a", "x\n\x1b[31m"}) ==
          R"(argument 1 of "a": expected integer, got string "x\n\u001b[31m")");
    CHECK(complaint<int>({"a", std::string(1000, 'x')}).size() < 120);
    CHECK(
        complaint<std::map<std::string, int>>({"a", object{{std::string(1000, 'k'), "x"}}}).size() <
        150);
    CHECK(complaint<std::map<std::string, int>>({"a", object{{"\n", "x"}}}) ==
          R"(argument 1 of "a", at ["\n"]: expected integer, got string "x")");
}

TEST_CASE("integers are read within their range and no further") {
    CHECK(fits<std::int8_t>(-128));
    CHECK_FALSE(fits<std::int8_t>(-129));
    CHECK(fits<std::int8_t>(127));
    CHECK_FALSE(fits<std::int8_t>(128));
    CHECK_FALSE(fits<unsigned>(-1));
    CHECK(fits<std::uint64_t>(std::numeric_limits<std::uint64_t>::max()));
    CHECK_FALSE(fits<std::int64_t>(std::numeric_limits<std::uint64_t>::max()));
    CHECK(*from_value<std::int64_t>(std::numeric_limits<std::int64_t>::min()) ==
          std::numeric_limits<std::int64_t>::min());
}

TEST_CASE("a double without a fraction is an integer, as in JavaScript") {
    CHECK(*from_value<int>(3.0) == 3);
    CHECK(*from_value<int>(-3.0) == -3);
    CHECK(*from_value<std::int64_t>(-9223372036854775808.0) ==
          std::numeric_limits<std::int64_t>::min());
    CHECK_FALSE(fits<std::int64_t>(9223372036854775808.0));
    CHECK(*from_value<std::uint64_t>(9223372036854775808.0) == 9223372036854775808U);
    CHECK_FALSE(fits<std::uint64_t>(18446744073709551616.0));
    CHECK_FALSE(fits<int>(std::numeric_limits<double>::infinity()));
    CHECK_FALSE(fits<int>(std::numeric_limits<double>::quiet_NaN()));
    CHECK(*from_value<double>(3) == 3.0);
}

TEST_CASE("an optional is empty if it is missing or null") {
    using arguments = std::tuple<std::optional<int>, std::optional<std::string>>;
    const auto read = [](const array& from) {
        return *decode_arguments<std::optional<int>, std::optional<std::string>>(from);
    };
    CHECK(read({}) == arguments{});
    CHECK(read({nullptr, "x"}) == arguments{std::nullopt, "x"});
    CHECK(read({1}) == arguments{1, std::nullopt});
}

TEST_CASE("arguments, members and elements that nobody asked for are ignored") {
    CHECK(decode_arguments<int>({1, 2, 3}));
    CHECK(decode_arguments<>({1}));
    CHECK(fits<point>(object{{"x", 1}, {"y", 2}, {"z", 3}}));
    CHECK(*from_value<std::pair<int, int>>(array{1, 2, 3}) == std::pair(1, 2));
}

TEST_CASE("a view shares the characters of the argument") {
    const array event{"a long text that is kept outside of the value"};
    const auto arguments = decode_arguments<std::string_view>(event);
    CHECK(std::get<0>(*arguments).data() == event[0].as_string().data());
}

TEST_CASE("arguments that are given away are moved, and others are copied") {
    array event{std::string(100, 'x'), array{std::string(100, 'y')}};
    const char* const text = event[0].as_string().data();
    const char* const nested = event[1].as_array()[0].as_string().data();
    CHECK(std::get<0>(*decode_arguments<std::string>(event)).data() != text);
    const auto moved = decode_arguments<std::string, std::vector<std::string>>(std::move(event));
    CHECK(std::get<0>(*moved).data() == text);
    CHECK(std::get<1>(*moved)[0].data() == nested);
}

TEST_CASE("types that contain themselves are read as deep as the value is") {
    const auto root =
        from_value<tree>(object{{"branches", array{value(object{{"branches", array{}}})}}});
    REQUIRE(root);
    CHECK(root->branches.size() == 1);
}

TEST_CASE("what is written is read back") {
    const auto same = [](const auto& from) {
        const auto back = from_value<std::remove_cvref_t<decltype(from)>>(to_value(from));
        return back && *back == from;
    };
    CHECK(same(true));
    CHECK(same(42));
    CHECK(same(2.5F));
    CHECK(same(std::string("x")));
    CHECK(same(std::vector<bool>{true, false}));
    CHECK(same(std::vector<std::optional<int>>{1, std::nullopt}));
    CHECK(same(std::map<std::string, point>{{"a", {1, 2, "l"}}, {"b", {3, 4}}}));
    CHECK(same(std::unordered_map<std::string, int>{{"a", 1}}));
    CHECK(same(std::tuple(1, std::string("x"), std::pair(true, 2.5))));
    CHECK(same(colour::green));
    CHECK(same(value(array{1, "x"})));
}

TEST_CASE("a struct is an object of its fields, without those that are empty") {
    CHECK(to_value(point{1, 2, "l"}) == value(object{{"x", 1}, {"y", 2}, {"label", "l"}}));
    CHECK(to_value(point{1, 2}) == value(object{{"x", 1}, {"y", 2}}));
}

TEST_CASE("arguments become an array") {
    CHECK(to_array("ev", 1, nullptr, std::optional<int>(), colour::red, std::vector{1, 2}) ==
          array{"ev", 1, nullptr, nullptr, "red", array{1, 2}});
    CHECK(to_array().empty());
}

TEST_CASE("what is given away is moved into the array") {
    std::string text(100, 'x');
    const char* const characters = text.data();
    CHECK(to_array(std::move(text))[0].as_string().data() == characters);
}

} // namespace
} // namespace sockeye::socketio
