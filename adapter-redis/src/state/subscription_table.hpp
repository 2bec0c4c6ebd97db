#pragma once

#include <sockeye/adapter_redis/pubsub.hpp>
#include <sockeye/adapter_redis/reply.hpp>

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sockeye::adapter_redis {

/// Who listens to what, whether Redis is there or not. Several may listen to one name: channels of
/// namespaces whose names are made for it collide.
class subscription_table {
public:
    using id = pubsub::subscription_id;

    /// A command to send if the connection is there, empty if there is nothing to say.
    [[nodiscard]] std::string add(id which, channel_kind kind, std::string_view name,
                                  pubsub::message_handler handler, std::function<void()> ready);
    [[nodiscard]] std::string remove(id which);

    /// The commands that tell a new connection everything.
    [[nodiscard]] std::string restore();

    /// What came over the connection of the subscriptions: calls handlers, which must not change
    /// the table. The text of an error, if that is what it is, and nothing that time heals.
    [[nodiscard]] std::string_view on_push(const reply& pushed);

    /// Whether a server of a cluster has refused a channel, or ended it: it is another one's, or
    /// about to be. repeat() asks for all that is not in place once more.
    [[nodiscard]] bool is_lacking() const { return lacking_; }
    [[nodiscard]] std::string repeat();

    [[nodiscard]] bool empty() const { return names_.empty(); }

private:
    struct listener {
        id which;
        pubsub::message_handler handler;
        std::function<void()> ready; // empty once called
    };
    struct subscribed {
        bool confirmed = false;
        std::vector<listener> listeners;
    };
    using key = std::pair<channel_kind, std::string>;

    void confirm(channel_kind kind, const std::string& name);
    void deliver(channel_kind kind, const std::string& name, const std::string& channel,
                 const std::string& payload) const;

    void end(channel_kind kind, const std::string& name);

    std::map<key, subscribed> names_;
    bool lacking_ = false;
    std::unordered_map<id, key> keys_;
};

} // namespace sockeye::adapter_redis
