#include "count_first.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sockeye::socketio {

TEST_CASE("answers that are faster than the count of the clients wait for it") {
    std::vector<std::string> seen;
    const answer_sink sink = count_first(
        {[&](std::size_t clients) { seen.push_back("count " + std::to_string(clients)); },
         [&](const std::optional<value>& answer) {
             seen.push_back(answer ? answer->as_string() : "nothing");
         }});
    sink.answered("one");
    sink.answered({});
    CHECK(seen.empty());
    sink.asked(3);
    sink.answered("three");
    CHECK(seen == std::vector<std::string>{"count 3", "one", "nothing", "three"});
}

} // namespace sockeye::socketio
