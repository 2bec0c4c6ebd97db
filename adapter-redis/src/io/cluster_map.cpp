#include "io/cluster_map.hpp"

#include "io/command_connection.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>

// Servers, slots and channels; commands: cluster_commands.cpp.

namespace sockeye::adapter_redis {

cluster_map::cluster_map(const redis_cluster_options& options)
    : options_(options),
      log_(options.each.log ? options.each.log : engineio::log_to_standard_error) {
    if (options_.seeds.empty())
        throw std::invalid_argument("sockeye: a Redis Cluster needs the address of a server");
    for (const redis_address& seed : options_.seeds)
        node_at(seed);
    plain_at_ = name_of(options_.seeds.front());
}

// ---- servers; under the lock

cluster_map::node& cluster_map::node_at(const redis_address& address, milliseconds awaited) {
    node& found = nodes_[name_of(address)];
    if (!found.link)
        found = {address, std::make_shared<redis_link>(options_of(address), ledger_),
                 clock::now() + awaited};
    return found;
}

redis_options cluster_map::options_of(const redis_address& address) const {
    redis_options options = options_.each;
    options.host = address.host;
    options.port = address.port;
    return options;
}

// Stays where it is while that is there, so that what is said keeps its order.
cluster_map::node& cluster_map::plain_node() {
    const auto is_there = [&](const auto& entry) {
        const bool may_have_it = masters_.empty() || masters_.contains(entry.first);
        return may_have_it && entry.second.link->counters().connected;
    };
    const auto current = nodes_.find(plain_at_);
    if (is_there(*current)) return current->second;
    const auto other = std::ranges::find_if(nodes_, is_there);
    if (other == nodes_.end()) return current->second;
    plain_at_ = other->first;
    return other->second;
}

const cluster_map::node* cluster_map::owner_of(std::string_view key) const {
    const auto found = nodes_.find(owners_[slot_of(key)]);
    return found == nodes_.end() ? nullptr : &found->second;
}

cluster_map::node& cluster_map::node_for(channel_kind kind, std::string_view channel) {
    if (kind != channel_kind::sharded) return plain_node();
    const auto owner = nodes_.find(owners_[slot_of(channel)]);
    return owner == nodes_.end() ? plain_node() : owner->second;
}

// One whose link has just been made: that it is not connected yet is no failure, although the link
// lets nothing wait.
bool cluster_map::is_awaited(node& who) const {
    if (options_.each.queue_while_away) return false;
    if (who.link->counters().connected) who.awaited_until = {};
    return clock::now() < who.awaited_until;
}

// ---- what is said

void cluster_map::publish(channel_kind kind, std::string_view channel, std::string_view payload) {
    if (kind == channel_kind::sharded)
        return say_for(channel, {"SPUBLISH", std::string(channel), std::string(payload)}, {});
    link_ptr to;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) to = plain_node().link;
    }
    to ? to->publish(kind, channel, payload) : settle(unsent());
}

bool cluster_map::reaches(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    const node* const owner = owner_of(key);
    return owner != nullptr && owner->link->counters().connected;
}

// While that is not known, any server will do: it knows who.
redis_options cluster_map::options_for(std::string_view key) const {
    const std::lock_guard lock(mutex_);
    if (closed_) return options_of(options_.seeds.front());
    const node* const owner = owner_of(key);
    return (owner == nullptr ? nodes_.at(plain_at_) : *owner).link->options();
}

struct cluster_map::counting {
    std::atomic<std::size_t> left;
    std::atomic<std::size_t> sum = 0;
    std::atomic<bool> failed = false;
    pubsub::count_handler then;

    void add(std::optional<std::size_t> count) {
        if (count)
            sum += *count;
        else
            failed = true;
        if (--left == 0) then(failed ? std::nullopt : std::optional<std::size_t>(sum));
    }
};

// Each counts its own. One that cannot be asked makes the answer unknown.
void cluster_map::count_subscribers(channel_kind kind, std::string_view channel,
                                    pubsub::count_handler then) {
    std::vector<link_ptr> asked;
    {
        const std::lock_guard lock(mutex_);
        for (const std::string& name : masters_)
            asked.push_back(nodes_.at(name).link);
    }
    if (asked.empty()) return then(std::nullopt);
    const auto all = std::make_shared<counting>();
    all->left = asked.size();
    all->then = std::move(then);
    for (const link_ptr& link : asked)
        link->count_subscribers(kind, channel, [all](auto count) { all->add(count); });
}

link_counters cluster_map::counters() const {
    const std::lock_guard lock(mutex_);
    link_counters sum = ledger_->totals();
    sum.connected = !masters_.empty();
    sum.queued_bytes = put_off_bytes_;
    for (const auto& [name, one] : nodes_) {
        const link_counters of = one.link->counters();
        if (masters_.contains(name)) sum.connected = sum.connected && of.connected;
        sum.queued_bytes += of.queued_bytes;
    }
    return sum;
}

// ---- what is heard

pubsub::subscription_id cluster_map::subscribe(channel_kind kind, std::string_view name,
                                               pubsub::message_handler handler,
                                               std::function<void()> ready) {
    const std::lock_guard lock(mutex_);
    const pubsub::subscription_id which = ++last_id_;
    if (closed_) return which;
    auto& added =
        subscriptions_[which] = {kind, std::string(name), std::move(handler), std::move(ready)};
    if (!masters_.empty()) place(added);
    return which;
}

void cluster_map::unsubscribe(pubsub::subscription_id which) {
    const std::lock_guard lock(mutex_);
    auto ended = subscriptions_.extract(which);
    if (ended && ended.mapped().at) ended.mapped().at->unsubscribe(ended.mapped().inner);
}

// At the server that has the channel now; the first one tells when it is ready.
void cluster_map::place(subscription& one) {
    const link_ptr to = node_for(one.kind, one.name).link;
    if (to == one.at) return;
    if (one.at) one.at->unsubscribe(one.inner);
    one.at = to;
    one.inner = to->subscribe(one.kind, one.name, one.handler, std::exchange(one.ready, {}));
}

// ---- the shape of the cluster

// One after the other, since one may hang. If there is nobody, the seeds may know who took over.
cluster_map::node cluster_map::next_to_ask() {
    const std::lock_guard lock(mutex_);
    if (closed_) return {};
    auto next = nodes_.upper_bound(last_asked_);
    for (std::size_t i = 0; i < nodes_.size(); ++i, ++next) {
        if (next == nodes_.end()) next = nodes_.begin();
        if (!next->second.link->counters().connected) continue;
        last_asked_ = next->first;
        return next->second;
    }
    for (const redis_address& seed : options_.seeds)
        node_at(seed);
    return {};
}

void cluster_map::refresh() {
    const node asked = next_to_ask();
    if (!asked.link) return;
    asked.link->command({"CLUSTER", "SLOTS"},
                        [weak = weak_from_this(), at = asked.address](const reply& answer) {
                            if (const auto self = weak.lock()) self->on_shape(answer, at);
                        });
}

void cluster_map::refresh_once() {
    {
        const std::lock_guard lock(mutex_);
        if (std::exchange(refreshing_, true)) return;
    }
    refresh();
}

void cluster_map::on_shape(const reply& answer, const redis_address& asked) {
    const auto ranges = read_slots(answer, asked);
    const std::lock_guard lock(mutex_);
    refreshing_ = false;
    if (ranges && !ranges->empty() && !closed_) apply(*ranges);
}

// Under the lock.
void cluster_map::apply(const std::vector<slot_range>& ranges) {
    masters_.clear();
    owners_.fill({});
    for (const slot_range& range : ranges) {
        node_at(range.master, options_.moving_timeout);
        masters_.insert(name_of(range.master));
        for (std::size_t slot = range.first; slot <= range.last; ++slot)
            owners_[slot] = name_of(range.master);
    }
    for (auto& [which, one] : subscriptions_)
        place(one);
}

// A link's thread may hold on to a link for a moment, to pass on what it has been told. Whoever is
// told may ask for more: there is nobody any more to ask.
void cluster_map::close() {
    std::map<std::string, node> nodes;
    std::unordered_map<pubsub::subscription_id, subscription> subscriptions;
    std::vector<errand_ptr> waiting;
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        waiting.swap(put_off_);
        nodes.swap(nodes_);
        masters_.clear();
        subscriptions.swap(subscriptions_);
    }
    subscriptions.clear();
    for (const errand_ptr& one : waiting)
        answer(one, unsent());
    for (const auto& [name, one] : nodes)
        while (one.link.use_count() > 1)
            std::this_thread::yield();
}

void cluster_map::drop_former() {
    std::vector<link_ptr> dropped;
    {
        const std::lock_guard lock(mutex_);
        // Whom a slot is on its way to may have none yet.
        if (closed_ || !put_off_.empty()) return;
        const auto is_there = [&](const std::string& master) {
            return nodes_.at(master).link->counters().connected;
        };
        if (std::ranges::none_of(masters_, is_there)) return;
        plain_node(); // leaves a server that is to go
        std::erase_if(nodes_, [&](auto& entry) {
            if (masters_.contains(entry.first) || entry.first == plain_at_) return false;
            dropped.push_back(std::move(entry.second.link));
            return true;
        });
    }
}

} // namespace sockeye::adapter_redis
