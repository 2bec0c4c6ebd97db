#pragma once

#include "codec/cluster_slots.hpp"
#include "state/link_ledger.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sockeye::adapter_redis {

// The servers of a cluster, who has which slot, and which subscription is at whom.
class cluster_map : public std::enable_shared_from_this<cluster_map> {
public:
    explicit cluster_map(const redis_cluster_options& options);

    void publish(channel_kind kind, std::string_view channel, std::string_view payload);
    pubsub::subscription_id subscribe(channel_kind kind, std::string_view name,
                                      pubsub::message_handler handler, std::function<void()> ready);
    void unsubscribe(pubsub::subscription_id which);
    void count_subscribers(channel_kind kind, std::string_view channel, pubsub::count_handler then);
    void command_for(std::string_view key, const std::vector<std::string>& words,
                     redis_client::reply_handler then);
    void say_for(std::string_view key, const std::vector<std::string>& words,
                 redis_client::reply_handler then);
    [[nodiscard]] bool reaches(std::string_view key) const;
    [[nodiscard]] redis_options options_for(std::string_view key) const;
    [[nodiscard]] link_counters counters() const;

    // Asks a server that is there.
    void refresh();
    void refresh_once(); // however many find out that something has moved
    // What had to wait because its slot, or the link to who has it, was on its way.
    void send_put_off();
    // Called on any thread when there is something for send_put_off. To be set at the beginning.
    void on_put_off(std::function<void()> handler) { on_put_off_ = std::move(handler); }
    // Lets go of servers that are no masters any more. Not on a link's thread: waits for theirs.
    void drop_former();
    // When it returns, no handler is called any more. The last call but for the destructor.
    void close();

private:
    using link_ptr = std::shared_ptr<redis_link>;
    using clock = std::chrono::steady_clock;
    using time_point = clock::time_point;
    struct node {
        redis_address address;
        link_ptr link;
        time_point awaited_until = {}; // but for what is over once it is there
    };
    struct subscription {
        channel_kind kind;
        std::string name;
        pubsub::message_handler handler;
        std::function<void()> ready;
        link_ptr at = {}; // null: nowhere yet
        pubsub::subscription_id inner = 0;
    };
    // An answer to count_subscribers in the making.
    struct counting;
    // A command on its way to whoever has its key.
    struct errand;
    using errand_ptr = std::shared_ptr<errand>;

    [[nodiscard]] redis_options options_of(const redis_address& address) const;
    node& node_at(const redis_address& address, std::chrono::milliseconds awaited = {});
    node& node_for(channel_kind kind, std::string_view channel);
    node& plain_node();
    [[nodiscard]] const node* owner_of(std::string_view key) const;
    void send(errand one);
    void send(const errand_ptr& one, const link_ptr& to, bool asking);
    void settle(const reply& answer);
    void answer(const errand_ptr& one, reply with);
    bool send_on(const errand_ptr& one, const reply& answer, std::string_view from);
    bool put_off(const errand_ptr& one);
    [[nodiscard]] bool is_awaited(node& who) const;
    node next_to_ask();
    void on_shape(const reply& answer, const redis_address& asked);
    void apply(const std::vector<slot_range>& ranges);
    void place(subscription& one);

    const redis_cluster_options options_;
    const engineio::logger log_;
    const std::shared_ptr<link_ledger> ledger_ = std::make_shared<link_ledger>();
    mutable std::mutex mutex_; // of all that follows
    bool closed_ = false;
    std::map<std::string, node> nodes_;
    std::set<std::string> masters_;
    std::array<std::string, slot_count> owners_; // names; empty: not known
    std::string plain_at_;                       // where plain channels are
    std::string last_asked_;                     // who has which slot
    bool refreshing_ = false;                    // an answer to refresh_once is to come
    std::vector<errand_ptr> put_off_;            // in the order of their answers
    std::size_t put_off_bytes_ = 0;
    std::function<void()> on_put_off_ = [] {};
    std::unordered_map<pubsub::subscription_id, subscription> subscriptions_;
    pubsub::subscription_id last_id_ = 0;
};

} // namespace sockeye::adapter_redis
