#include "state/stream_only_servers.hpp"

#include <doctest/doctest.h>

#include <string>

namespace sockeye::adapter_redis {
namespace {

namespace cluster = socketio::cluster;
using socketio::cluster_message;
using std::chrono::seconds;

const stream_only_servers::time_point start{seconds(1000)};

void hear(stream_only_servers& servers, const std::string& uid, seconds at,
          cluster_message::content what = cluster::heartbeat{}) {
    static_cast<void>(servers.on_entry({uid, "/", std::move(what)}, start + at));
}

TEST_CASE("servers that are heard in a stream alone are known until they say that they leave") {
    stream_only_servers servers;
    hear(servers, "a", seconds(0));
    hear(servers, "b", seconds(0), cluster::broadcast{{"event"}}); // as anybody says it
    CHECK(servers.has("a"));
    CHECK_FALSE(servers.has("b"));
    hear(servers, "a", seconds(1), cluster::adapter_close{});
    CHECK_FALSE(servers.has("a"));
}

TEST_CASE("when as many servers are known as can be, those stay known that go on to be heard") {
    stream_only_servers servers;
    for (int i = 0; i < 1000; ++i)
        hear(servers, std::to_string(i), seconds(0));
    hear(servers, "one more", seconds(0));
    CHECK_FALSE(servers.has("one more"));
    hear(servers, "7", seconds(9));
    hear(servers, "one more", seconds(11));
    CHECK(servers.has("7"));
    CHECK_FALSE(servers.has("8"));
    CHECK(servers.has("one more"));
}

} // namespace
} // namespace sockeye::adapter_redis
