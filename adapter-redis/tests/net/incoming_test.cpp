// What comes from Redis faster than the server's shards take it.

#include "codec/envelope.hpp"
#include "net/fake_namespace.hpp"
#include "net/slow_redis.hpp"

#include <sockeye/adapter_redis/sharded_adapter.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>

namespace sockeye::adapter_redis {

namespace {

struct listening_adapter {
    listening_adapter() {
        sharded_options options;
        options.common.max_incoming_bytes = 1000;
        adapter = sharded_adapter(redis, options)(local);
        adapter->start();
    }
    void hear(std::string_view payload) { redis->heard.at(0)("socket.io#/#", payload); }

    socketio::fake_namespace local;
    const std::shared_ptr<slow_redis> redis = std::make_shared<slow_redis>();
    std::unique_ptr<socketio::adapter> adapter;
};

std::string somebodys_broadcast() {
    const socketio::cluster::broadcast order{{"e"}, {}, {}};
    return encode_sharded(to_envelope({"somebody", "/", order}));
}

} // namespace

TEST_CASE("incoming messages that are empty wait within the limit, too") {
    listening_adapter at;
    for (int i = 0; i < 100; ++i)
        at.hear("");
    CHECK(at.local.threads.waiting() < 10);
    at.local.threads.run();
    CHECK(at.local.malformed < 10);
    CHECK(at.local.malformed + at.local.dropped == 100);
}

TEST_CASE("incoming messages count until the last shard has delivered them") {
    listening_adapter at;
    const std::string broadcast = somebodys_broadcast();
    const auto hear_many = [&] {
        for (int i = 0; i < 100; ++i) {
            at.hear(broadcast);
            at.local.threads.run();
        }
    };
    hear_many();
    CHECK(at.local.delivering.size() > 1);
    CHECK(at.local.delivering.size() < 10);
    CHECK(at.local.delivering.size() + at.local.dropped == 100);
    at.local.delivering.clear();
    hear_many();
    CHECK(at.local.delivering.size() > 1);
}

TEST_CASE("an incoming message passes whatever its size where nothing waits") {
    listening_adapter at;
    const std::string large(2000, 'x');
    for (int i = 0; i < 3; ++i) {
        at.hear(large);
        at.hear(large);
        at.local.threads.run();
    }
    CHECK(at.local.malformed == 3);
    CHECK(at.local.dropped == 3);
}

} // namespace sockeye::adapter_redis
