#include <sockeye/socketio/value.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <type_traits>

namespace sockeye::socketio {
namespace {

static_assert(sizeof(value) <= 40);
static_assert(std::is_nothrow_move_constructible_v<value>);
static_assert(std::is_nothrow_move_assignable_v<value>);
static_assert(!std::is_constructible_v<value, void*>, "no pointer is taken for a bool");
static_assert(!std::is_constructible_v<value, char>, "neither a number nor a string");

value nested(std::size_t depth) {
    value inside = "core";
    for (std::size_t i = 0; i < depth; ++i) {
        if (i % 2 == 0) {
            array around;
            around.push_back(std::move(inside));
            inside = std::move(around);
        } else {
            object around; // not from a list, for that would copy what is inside
            around["in"] = std::move(inside);
            inside = std::move(around);
        }
    }
    return inside;
}

// Enough to overflow any stack, were one of the functions recursive.
constexpr std::size_t abyss = 1'000'000;

TEST_CASE("a value is made of what C++ has for it") {
    CHECK(value().is_null());
    CHECK(value(nullptr).is_null());
    CHECK(value(false).as_bool() == false);
    CHECK(value(-5).as_int64() == -5);
    CHECK(value(0).kind() == value_kind::integer);
    CHECK(value(2.5F).as_double() == 2.5);
    CHECK(value("text").as_string() == "text");
    CHECK(value(std::string_view("text")).is_string());
    CHECK(value(binary{"\1"}).as_binary().bytes == "\1");
    CHECK(value(array{1, "two"}).as_array().size() == 2);
    CHECK(value(object{{"a", 1}}).find("a")->as_int64() == 1);
}

TEST_CASE("an unsigned integer is of a kind of its own only where a signed one does not hold it") {
    constexpr auto top = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    CHECK(value(top).kind() == value_kind::integer);
    CHECK(value(top + 1).kind() == value_kind::unsigned_integer);
    CHECK(value(top + 1).as_uint64() == top + 1);
    CHECK(value(7).as_uint64() == 7);
    CHECK_THROWS_AS((void)value(top + 1).as_int64(), bad_value_access);
    CHECK_THROWS_AS((void)value(-1).as_uint64(), bad_value_access);
}

TEST_CASE("asking for another kind throws and says what was there") {
    CHECK_THROWS_WITH((void)value(1).as_string(), "expected string, got integer");
    CHECK_THROWS_WITH((void)value().as_array(), "expected array, got null");
    CHECK_THROWS_AS((void)value("x").as_bool(), bad_value_access);
    CHECK_THROWS_AS((void)value("x").as_double(), bad_value_access);
    CHECK_THROWS_AS((void)value("x").as_binary(), bad_value_access);
    CHECK_THROWS_AS((void)value("x").as_object(), bad_value_access);
    CHECK(value("x").get_if<bool>() == nullptr);
    CHECK(value("x").find("x") == nullptr);
}

TEST_CASE("a repeated key keeps its first place and takes the last value") {
    for (const int padding : {0, 100}) { // few members and many are united in two ways
        object::members members{{"a", 1}, {"b", 2}, {"a", 3}, {"c", 4}, {"a", 5}, {"b", 6}};
        for (int i = 0; i < padding; ++i) {
            members.push_back({"padding " + std::to_string(i), i});
        }
        const object united(std::move(members));
        REQUIRE(united.size() == 3 + static_cast<std::size_t>(padding));
        auto member = united.begin();
        CHECK((member->key == "a" && member->val == value(5)));
        ++member;
        CHECK((member->key == "b" && member->val == value(6)));
        ++member;
        CHECK((member->key == "c" && member->val == value(4)));
    }
}

TEST_CASE("an object's members are added, found and erased by name") {
    object members;
    members["a"] = 1;
    members["b"] = 2;
    members["a"] = 3;
    CHECK(members == object{{"a", 3}, {"b", 2}});
    CHECK(members.erase("a"));
    CHECK_FALSE(members.erase("a"));
    CHECK(members.find("a") == nullptr);
    CHECK(members.size() == 1);
}

TEST_CASE("numbers are equal if they count the same") {
    constexpr auto two_to_53 = std::int64_t{1} << 53;
    constexpr auto max = std::numeric_limits<std::uint64_t>::max();
    CHECK(value(1) == value(1.0));
    CHECK(value(-1.0) == value(-1));
    CHECK(value(two_to_53) == value(9007199254740992.0));
    CHECK(value(two_to_53 + 1) != value(9007199254740992.0)); // which it would round to
    CHECK(value(max) != value(18446744073709551616.0));
    CHECK(value(9223372036854775808U) == value(9223372036854775808.0));
    CHECK(value(std::numeric_limits<std::int64_t>::max()) != value(9223372036854775808.0));
    CHECK(value(max) != value(-1));
    CHECK(value(std::numeric_limits<double>::quiet_NaN()) !=
          value(std::numeric_limits<double>::quiet_NaN()));
}

TEST_CASE("values of different kinds, sizes or contents differ") {
    const array all{nullptr,
                    true,
                    false,
                    0,
                    1,
                    1.5,
                    "",
                    "1",
                    binary{},
                    binary{"1"},
                    array{},
                    array{1},
                    array{1, 2},
                    array{2, 1},
                    object{},
                    object{{"a", 1}},
                    object{{"a", 2}},
                    object{{"b", 1}},
                    object{{"a", 1}, {"b", 1}}};
    for (std::size_t i = 0; i < all.size(); ++i) {
        for (std::size_t j = 0; j < all.size(); ++j) {
            CAPTURE(i);
            CAPTURE(j);
            CHECK((all[i] == all[j]) == (i == j));
        }
    }
}

TEST_CASE("members in another order make an equal object") {
    CHECK(object{{"a", 1}, {"b", array{2}}} == object{{"b", array{2}}, {"a", 1}});
    CHECK(object{{"a", 1}, {"b", array{2}}} != object{{"b", array{3}}, {"a", 1}});
    CHECK(object{{"a", 1}, {"b", 2}} != object{{"b", 2}, {"c", 1}});
}

TEST_CASE("a value may be assigned a part of itself") {
    value whole = object{{"part", array{"x", "y"}}};
    whole = whole.find("part")->as_array()[1];
    CHECK(whole == value("y"));
    whole = array{"a", "b"};
    whole = std::move(whole.as_array()[0]);
    CHECK(whole == value("a"));
    const value& same = whole;
    whole = same;
    CHECK(whole == value("a"));
}

TEST_CASE("a value that was moved from is null") {
    for (const value& kind :
         array{true, 1, 1.5, "text", binary{"b"}, value(array{1}), value(object{{"a", 1}})}) {
        value from = kind;
        const value to = std::move(from);
        CHECK(from.is_null());
        CHECK(to == kind);
    }
}

TEST_CASE("a copy has nothing in common with what it was copied from") {
    const value original = object{{"a", array{1, object{{"b", "x"}}, binary{"y"}}}};
    value copy = original;
    CHECK(copy == original);
    copy.find("a")->as_array()[1].as_object()["b"] = "z";
    CHECK(copy != original);
    CHECK(original.find("a")->as_array()[1].find("b")->as_string() == "x");
}

TEST_CASE("a value as deep as memory allows is copied, compared and destroyed") {
    const value deep = nested(abyss);
    const value copy = deep;
    CHECK(copy == deep);
    CHECK(copy != nested(abyss - 2));
    const array bare{deep};
    CHECK(array(bare) == bare);
    const object named{{"deep", deep}};
    CHECK(object(named) == named);
}

TEST_CASE("an object of many members is made in time that grows little faster than it") {
    object::members members;
    for (int i = 0; i < 200'000; ++i) {
        members.push_back({"key " + std::to_string(i % 150'000), i});
    }
    CHECK(object(std::move(members)).size() == 150'000); // minutes, if each met each
}

} // namespace
} // namespace sockeye::socketio
