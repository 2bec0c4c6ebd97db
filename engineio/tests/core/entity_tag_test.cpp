#include "codec/entity_tag.hpp"

#include <doctest/doctest.h>

using namespace sockeye::engineio;

namespace {

constexpr std::string_view tag = R"("4.8,4")"; // a comma may stand in a tag

} // namespace

TEST_CASE("a tag is matched weakly, alone or in a list") {
    for (const std::string_view field :
         {R"("4.8,4")", R"(W/"4.8,4")", R"(  "4.8,4" )", R"("x", "4.8,4")", R"("4.8,4", "x")",
          R"("",W/"x" , W/"4.8,4")", R"("4.8,4", rubbish)", "*", " * "}) {
        CAPTURE(field);
        CHECK(matches_tag(field, tag));
    }
}

TEST_CASE("other tags do not match, and what is no list of tags matches nothing") {
    for (const std::string_view field :
         {"", "4.8,4", R"("4.8,4)", R"(4.8,4")", R"("4.8,5")", R"("4.8")", R"(w/"4.8,4")",
          R"(W"4.8,4")", R"(x "4.8,4")", R"("x" "4.8,4")", R"(, "4.8,4")", R"("x", *)", R"("x",)",
          R"(W/)", R"(")"}) {
        CAPTURE(field);
        CHECK_FALSE(matches_tag(field, tag));
    }
}
