#include "state/peers.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sockeye::socketio {

using namespace std::chrono_literals;
using names = std::vector<std::string>;

TEST_CASE("a peer lasts until it has been silent for longer than the time-out") {
    peers known(10s);
    const peers::time_point start{};
    known.heard("one", start);
    known.heard("two", start + 1s);
    known.heard("one", start + 5s);
    CHECK(known.expire(start + 11s).empty());
    CHECK(known.expire(start + 12s) == names{"two"});
    CHECK(known.uids() == names{"one"});
    CHECK(known.expire(start + 16s) == names{"one"});
    CHECK(known.size() == 0);
}

TEST_CASE("a peer that says that it leaves is gone at once, and may come back") {
    peers known(10s);
    known.heard("one", {});
    CHECK(known.remove("one"));
    CHECK_FALSE(known.remove("one"));
    CHECK(known.size() == 0);
    known.heard("one", {});
    CHECK(known.size() == 1);
}

} // namespace sockeye::socketio
