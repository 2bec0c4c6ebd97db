// What Redis answers when nobody wants to know any more: the server's shards may be gone by then.

#include "net/fake_namespace.hpp"
#include "net/link_fixture.hpp"
#include "net/slow_redis.hpp"

#include <sockeye/adapter_redis/classic_adapter.hpp>
#include <sockeye/adapter_redis/streams_adapter.hpp>
#include <sockeye/socketio/server.hpp>

#include <doctest/doctest.h>

namespace sockeye::adapter_redis {
namespace {

struct waiting_adapter {
    socketio::fake_namespace local;
    const std::shared_ptr<slow_redis> redis = std::make_shared<slow_redis>();
    std::unique_ptr<socketio::adapter> adapter;

    void close() {
        adapter->close();
        local.threads.run();
    }
};

struct waiting_streams_adapter : waiting_adapter {
    waiting_streams_adapter() {
        local.recovers.emplace();
        adapter = streams_adapter(redis)(local);
        adapter->start();
    }
};

} // namespace

TEST_CASE("closed adapters: the number of servers is told on a shard, while there are shards") {
    waiting_adapter at;
    at.adapter = classic_adapter(at.redis)(at.local);
    at.adapter->start();
    std::size_t told = 0;
    const auto note = [&](const socketio::outcome<std::size_t>& count) { told += count.result; };
    at.adapter->server_count(note);
    CHECK(at.redis->answer() == 1);
    CHECK(told == 0);
    at.local.threads.run();
    CHECK(told == 1);
    at.adapter->server_count(note);
    at.close();
    CHECK(at.redis->answer() == 1);
    at.local.threads.run();
    CHECK(told == 1);
}

TEST_CASE("closed adapters: who wanted to come back does so no more") {
    waiting_streams_adapter at;
    at.adapter->restore_session("private", "1-1", [](const socketio::restored_session&) {});
    at.close();
    CHECK(at.redis->answer() > 0);
    CHECK(at.local.threads.waiting() == 1); // the time-out, which was there before
}

TEST_CASE("a server that was never started is not counted any more when it is gone") {
    link_fixture redis;
    const auto link = std::make_shared<redis_link>(redis.options());
    {
        socketio::server_options options;
        classic_options with;
        with.common.ready = [&](const std::string& nsp) { redis.notes.add("ready " + nsp); };
        options.adapter = classic_adapter(link, with);
        const socketio::server io(options);
        redis.notes.await("ready /");
        CHECK(count(*link, plain, "socket.io-request#/#") == 1);
    }
    await([&] { return count(*link, plain, "socket.io-request#/#") == 0; });
}

TEST_CASE("what is said and lost is counted by the link, and by nobody else") {
    waiting_streams_adapter at;
    at.adapter->broadcast({"e"}, {}, {});
    CHECK(at.redis->answer() > 0);
    at.local.threads.run();
    CHECK(at.local.delivering.size() == 1);
    CHECK(at.local.dropped == 0);
}

TEST_CASE("closed adapters: what the stream did not take is not delivered") {
    waiting_streams_adapter at;
    at.adapter->broadcast({"e"}, {}, {});
    at.close();
    CHECK(at.redis->answer() > 0);
    CHECK(at.local.delivering.empty());
    CHECK(at.local.threads.waiting() == 0);
}

} // namespace sockeye::adapter_redis
