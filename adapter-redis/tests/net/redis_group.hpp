#pragma once

// Three servers joined by adapters over one redis-server, each with a link of its own.

#include "net/link_fixture.hpp"
#include "net/server_group.hpp"

#include <sockeye/adapter_redis/classic_adapter.hpp>
#include <sockeye/adapter_redis/sharded_adapter.hpp>
#include <sockeye/adapter_redis/streams_adapter.hpp>

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::adapter_redis {

using socketio::ack;
using socketio::ack_error;
using socketio::array;
using socketio::binary;
using socketio::object;
using socketio::packets;
using socketio::server_group;
using socketio::server_options;
using socketio::socketio_fixture;
using socketio::sorted;
using socketio::texts;
using socketio::value;
using socketio::wait;
using lists = std::vector<packets>;

struct adapter_kind {
    using ready_handler = std::function<void(const std::string& nsp)>;
    std::string name;
    std::function<socketio::adapter_factory(std::shared_ptr<redis_link>, ready_handler)> make;
};

template<class Factory, class Options>
adapter_kind kind_of(std::string name, Factory factory, Options options) {
    return {std::move(name), [factory, options](auto link, auto ready) mutable {
                options.common.ready = std::move(ready);
                return factory(std::move(link), options);
            }};
}
inline adapter_kind of_classic(const classic_options& options = {}) {
    return kind_of("classic", classic_adapter, options);
}
inline adapter_kind of_sharded(room_channels rooms, sharded_options options = {}) {
    options.rooms = rooms;
    return kind_of("sharded", sharded_adapter, options);
}
inline adapter_kind of_streams(const streams_options& options = {}) {
    return kind_of("streams", streams_adapter, options);
}

// What the servers' adapters use, so that it outlives them.
struct redis_medium {
    link_fixture redis;
    redis_link outsider{redis.options()}; // for what a test has to say, or wants to know
    std::map<std::string, std::shared_ptr<redis_link>> links; // by the servers' names
    std::map<std::string, socketio::adapter_factory> factories;
    event_notes ready; // "a /"
};

class redis_group : public redis_medium, public server_group {
public:
    explicit redis_group(const adapter_kind& kind = of_classic(), unsigned threads = 1,
                         const server_options& options = {})
        : server_group(
              [this, kind](const std::string& name, socketio::local_namespace& local) {
                  return make(kind, name, local);
              },
              threads, options) {
        await_members("/");
        connect();
    }

    // Every server has the namespace, and hears what is said in it.
    void await_members(const std::string& nsp) {
        server_group::await_members(nsp);
        for (const char* const name : {"a ", "b ", "c "})
            ready.await(name + nsp);
    }
    void publish(channel_kind kind, std::string_view channel, std::string_view payload) {
        outsider.publish(kind, channel, payload);
    }
    // Until each server has counted as many messages that are none.
    void await_malformed(const std::array<std::size_t, 3>& wanted) {
        for (std::size_t i = 0; i < wanted.size(); ++i)
            REQUIRE(socketio_fixture::becomes_true(
                [&] { return this->at(i).io.counters().cluster_messages_malformed == wanted[i]; }));
    }
    // Until so many servers subscribe to the channel.
    void await_subscribers(channel_kind kind, const std::string& channel, std::size_t wanted) {
        await([&] { return count(outsider, kind, channel) == wanted; });
    }

private:
    std::unique_ptr<socketio::adapter> make(const adapter_kind& kind, const std::string& name,
                                            socketio::local_namespace& local) {
        auto& link = links[name];
        if (!link) {
            link = std::make_shared<redis_link>(redis.options());
            factories[name] = kind.make(
                link, [this, name](const std::string& nsp) { ready.add(name + " " + nsp); });
        }
        return factories[name](local);
    }
};

// The same test over every adapter; over the sharded one without channels for rooms, which there is
// no order between.
inline void over_every_adapter(const std::function<void(redis_group&)>& test) {
    classic_options on_own_channels;
    on_own_channels.publish_on_specific_response_channel = true;
    const std::pair<adapter_kind, unsigned> runs[] = {{of_classic(), 1},
                                                      {of_classic(on_own_channels), 3},
                                                      {of_sharded(room_channels::none), 2},
                                                      {of_streams(), 2}};
    for (const auto& [kind, threads] : runs) {
        INFO("adapter: ", kind.name, ", threads: ", threads);
        redis_group at(kind, threads);
        test(at);
    }
}

} // namespace sockeye::adapter_redis
