#include "io/pubsub_adapter.hpp"

#include "codec/envelope.hpp"

#include <utility>

namespace sockeye::adapter_redis {

using socketio::outcome;

namespace {

// What a message takes on its way, however short it is: an empty one, too, waits in a queue.
constexpr std::size_t task_bytes = 256;

// Tells what comes first, the number of servers or that it is not known; both on one shard.
class first_count {
public:
    explicit first_count(std::function<void(outcome<std::size_t>)> then) : then_(std::move(then)) {}

    void tell(std::optional<std::size_t> count) {
        const auto then = std::exchange(then_, {});
        if (!then) return;
        count ? then({{}, *count}) : then({"Redis does not say how many servers there are", 0});
    }

private:
    std::function<void(outcome<std::size_t>)> then_;
};

} // namespace

pubsub_adapter::pubsub_adapter(socketio::local_namespace& local, std::shared_ptr<pubsub> bus,
                               const adapter_options& options, channel_name counted)
    : cluster_adapter(local, {.request_timeout = options.request_timeout}), bus_(std::move(bus)),
      options_(options), counted_(std::move(counted)) {}

void pubsub_adapter::subscribe(std::vector<subscription> all) {
    awaited_ += all.size();
    for (subscription& one : all) {
        const auto which =
            bus_->subscribe(one.to.kind, one.to.name, while_open(std::move(one.heard)),
                            while_alive([this] { one_is_ready(); }));
        const std::lock_guard lock(mutex_);
        subscriptions_.push_back(which);
    }
}

pubsub::subscription_id pubsub_adapter::subscribe(const channel_name& to, hear heard) {
    return bus_->subscribe(to.kind, to.name, while_open(std::move(heard)), {});
}

void pubsub_adapter::one_is_ready() {
    if (--awaited_ == 0 && options_.ready) options_.ready(local().name());
}

void pubsub_adapter::close() {
    {
        const std::lock_guard lock(open_);
        closed_ = true;
    }
    std::vector<pubsub::subscription_id> ended;
    {
        const std::lock_guard lock(mutex_);
        ended = std::exchange(subscriptions_, {});
    }
    for (const auto which : ended)
        bus_->unsubscribe(which);
    cluster_adapter::close();
}

void pubsub_adapter::server_count(std::function<void(outcome<std::size_t>)> then) {
    const auto once = std::make_shared<first_count>(std::move(then));
    // Redis may be away, and its answer with it.
    local().shards().post_after(home(), options_.request_timeout,
                                [once] { once->tell(std::nullopt); });
    using number = std::optional<std::size_t>;
    bus_->count_subscribers(counted_.kind, counted_.name,
                            on_shard<number>(home(), [once](number count) { once->tell(count); }));
}

void pubsub_adapter::take_in(std::size_t bytes, std::optional<socketio::cluster_message> message) {
    if (!message) {
        take_in(bytes, [this](const kept_until_done&) { local().on_malformed_message(); });
        return;
    }
    take_in(bytes, [this, message = std::move(*message)](const kept_until_done& kept) mutable {
        on_message(std::move(message), {}, kept);
    });
}

pubsub_adapter::hear pubsub_adapter::envelopes_but(const own_ending& own) {
    return [this, &own](std::string_view, std::string_view payload) {
        if (own.is_of(payload)) return;
        auto read = decode_envelope(payload);
        take_in(payload.size(), read ? from_envelope(*std::move(read)) : std::nullopt);
    };
}

bool pubsub_adapter::take_in(std::size_t bytes, std::function<void(const kept_until_done&)> task) {
    bytes += task_bytes;
    if (!make_room(bytes)) {
        if (count_dropped())
            local().log(
                engineio::log_level::error,
                "more than " + std::to_string(options_.max_incoming_bytes) +
                    " bytes of other servers' messages wait to be handled, dropping what comes");
        return false;
    }
    local().shards().post(home(),
                          while_alive([this, kept = room_of(bytes), task = std::move(task)] {
                              if (!closed_) task(kept);
                          }));
    return true;
}

// One passes whatever its size where nothing waits: a limit must not stop some messages for good.
bool pubsub_adapter::make_room(std::size_t bytes) {
    std::size_t waiting = *incoming_bytes_;
    do {
        if (waiting > 0 && waiting + bytes > options_.max_incoming_bytes) return false;
    } while (!incoming_bytes_->compare_exchange_weak(waiting, waiting + bytes));
    return true;
}

pubsub_adapter::kept_until_done pubsub_adapter::room_of(std::size_t bytes) const {
    return {nullptr, [taken = incoming_bytes_, bytes](void*) { *taken -= bytes; }};
}

// One message to the shard about all that are lost until it comes to it: one about each would be a
// queue without a bound again.
bool pubsub_adapter::count_dropped() {
    if (dropped_++ > 0) return false;
    local().shards().post(
        home(), while_alive([this] { local().on_dropped_messages(dropped_.exchange(0)); }));
    return true;
}

} // namespace sockeye::adapter_redis
