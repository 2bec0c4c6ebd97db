// What comes from Redis faster than the server's shards take it.

#include "net/fake_namespace.hpp"
#include "net/slow_redis.hpp"

#include <sockeye/adapter_redis/sharded_adapter.hpp>

#include <doctest/doctest.h>

#include <memory>

namespace sockeye::adapter_redis {

TEST_CASE("incoming messages that are empty wait within the limit, too") {
    socketio::fake_namespace local;
    const auto redis = std::make_shared<slow_redis>();
    sharded_options options;
    options.common.max_incoming_bytes = 1000;
    const auto adapter = sharded_adapter(redis, options)(local);
    adapter->start();
    for (int i = 0; i < 100; ++i)
        redis->heard.at(0)("socket.io#/#", "");
    CHECK(local.threads.waiting() < 10);
    local.threads.run();
    CHECK(local.malformed < 10);
    CHECK(local.malformed + local.dropped == 100);
}

} // namespace sockeye::adapter_redis
