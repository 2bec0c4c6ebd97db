#pragma once

// Three servers joined by adapters over one Redis, each with a link of its own.

#include "net/link_fixture.hpp"
#include "net/server_group.hpp"

#include <sockeye/adapter_redis/classic_adapter.hpp>
#include <sockeye/adapter_redis/sharded_adapter.hpp>
#include <sockeye/adapter_redis/streams_adapter.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

namespace sockeye::adapter_redis {

using socketio::packets;
using socketio::server_group;
using socketio::server_options;
using socketio::socketio_fixture;
using socketio::sorted;
using socketio::texts;
using socketio::wait;

struct adapter_kind {
    using ready_handler = std::function<void(const std::string& nsp)>;
    std::string name;
    std::function<socketio::adapter_factory(std::shared_ptr<redis_client>, ready_handler)> make;
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
template<class Redis, class Link>
struct link_medium {
    Redis redis;
    std::map<std::string, std::shared_ptr<Link>> links; // by the servers' names
    std::map<std::string, socketio::adapter_factory> factories;
    event_notes ready; // "a /"
};

// Redis has the options of a Link.
template<class Redis, class Link>
class linked_group : public link_medium<Redis, Link>, public server_group {
public:
    linked_group(const adapter_kind& kind, unsigned threads, const server_options& options = {})
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
            this->ready.await(name + nsp);
    }

private:
    std::unique_ptr<socketio::adapter> make(const adapter_kind& kind, const std::string& name,
                                            socketio::local_namespace& local) {
        auto& link = this->links[name];
        if (!link) {
            link = std::make_shared<Link>(this->redis.options());
            this->factories[name] = kind.make(
                link, [this, name](const std::string& nsp) { this->ready.add(name + " " + nsp); });
        }
        return this->factories[name](local);
    }
};

} // namespace sockeye::adapter_redis
