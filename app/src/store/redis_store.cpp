#include "store/redis_request.hpp"

#include <sockeye/adapter_redis/redis_link.hpp>
#include <sockeye/app/redis_store.hpp>
#include <sockeye/engineio/http_server.hpp>

#include <exception>
#include <mutex>
#include <vector>

namespace sockeye::app {

using adapter_redis::channel_kind;
using adapter_redis::redis_link;
using adapter_redis::redis_options;
using adapter_redis::reply;

namespace {

using request_ptr = std::shared_ptr<redis_request>;
using link_ptr = std::shared_ptr<redis_link>;
using answer_resolver = socketio::resolver<store_result>;

redis_options without_queue(redis_options options) {
    options.queue_while_away = false;
    return options;
}

bool is_unknown_script(const reply& answer) {
    return answer.is_error() && answer.text.starts_with("NOSCRIPT");
}

socketio::outcome<store_result> outcome_of(const redis_request& asked, reply answer) {
    try {
        return {{}, read_answer(asked, std::move(answer))};
    } catch (const std::exception& wrong) {
        return {wrong.what(), {}};
    }
}

// A connection, and whether the server at its end knows the script.
class lane {
public:
    explicit lane(link_ptr over) : link_(std::move(over)) {}

    [[nodiscard]] const link_ptr& link() const { return link_; }

    void send(const request_ptr& request, const answer_resolver& answer) {
        std::unique_lock lock(mutex_);
        // A script's first run spells it out: whoever only names it must be sent behind that.
        if (request->by_script)
            introduce_script(*request);
        else
            lock.unlock();
        link_->command(request->words, [this, request, answer](reply got) {
            if (!is_unknown_script(got))
                return answer.complete(outcome_of(*request, std::move(got)));
            forget_introduction();
            send(request, answer);
        });
    }

private:
    /// The first on each connection does it: the Redis at its other end may be a new one.
    void introduce_script(redis_request& request) {
        const std::uint64_t connection = link_->counters().connects;
        if (std::exchange(introduced_on_, connection) != connection) spell_out_script(request);
    }

    void forget_introduction() {
        const std::lock_guard lock(mutex_);
        introduced_on_ = 0;
    }

    std::mutex mutex_;
    std::uint64_t introduced_on_ = 0;
    const link_ptr link_; // ends first, with answers that need the rest
};

using lane_ptr = std::shared_ptr<lane>;

lane_ptr make_lane(link_ptr over) {
    return std::make_shared<lane>(std::move(over));
}

} // namespace

class redis_store::core {
public:
    core(engineio::shards& shards, redis_options options) : shards_(shards) {
        lanes_.push_back(
            make_lane(std::make_shared<redis_link>(without_queue(std::move(options)))));
    }

    core(engineio::http_server& server, const redis_options& options) : shards_(server.shards()) {
        for (unsigned shard = 0; shard < shards_.size(); ++shard)
            lanes_.push_back(make_lane(
                std::make_shared<redis_link>(without_queue(options), server.loop(shard))));
    }

    [[nodiscard]] engineio::shards& shards() const { return shards_; }

    void close() {
        std::vector<lane_ptr> ended; // behind the lock: their answers come back here
        const std::lock_guard lock(mutex_);
        ended.swap(lanes_);
    }

    [[nodiscard]] std::vector<lane_ptr> lanes() const {
        const std::lock_guard lock(mutex_);
        return lanes_;
    }

    /// That of this thread, or the first; null once it is closed.
    [[nodiscard]] lane_ptr here() const {
        const unsigned shard = shards_.current();
        const std::lock_guard lock(mutex_);
        if (lanes_.empty()) return nullptr;
        return lanes_[shard < lanes_.size() ? shard : 0];
    }

    /// All subscriptions are one connection's. Null once it is closed.
    [[nodiscard]] link_ptr link_to_hear() const {
        const std::lock_guard lock(mutex_);
        return lanes_.empty() ? nullptr : lanes_.front()->link();
    }

private:
    engineio::shards& shards_;
    mutable std::mutex mutex_;
    std::vector<lane_ptr> lanes_;
};

redis_store::redis_store(engineio::shards& shards, redis_options options)
    : core_(std::make_unique<core>(shards, std::move(options))) {}

redis_store::redis_store(engineio::http_server& server, redis_options options)
    : core_(std::make_unique<core>(server, options)) {}

redis_store::~redis_store() = default;

socketio::pending<store_result> redis_store::commit(transaction what) {
    const answer_resolver answer(core_->shards());
    if (const auto lane = core_->here())
        lane->send(std::make_shared<redis_request>(request_of(what)), answer);
    else
        answer.fail("the store is closed");
    return answer.answer();
}

store::subscription_id redis_store::subscribe(std::string channel, message_handler handler,
                                              std::function<void()> ready) {
    auto pass_on = [handler = std::move(handler)](std::string_view, std::string_view payload) {
        handler(payload);
    };
    const auto link = core_->link_to_hear();
    return link
               ? link->subscribe(channel_kind::plain, channel, std::move(pass_on), std::move(ready))
               : 0;
}

void redis_store::unsubscribe(subscription_id which) {
    if (const auto link = core_->link_to_hear()) link->unsubscribe(which);
}

void redis_store::close() {
    core_->close();
}

store_health redis_store::health() const {
    const auto lanes = core_->lanes();
    store_health sum{.ready = !lanes.empty()};
    for (const auto& lane : lanes) {
        const auto now = lane->link()->counters();
        sum.ready = sum.ready && now.connected;
        sum.reconnects += now.connects == 0 ? 0 : now.connects - 1;
        sum.failed += now.dropped + now.failed;
        sum.queued_bytes += now.queued_bytes;
    }
    return sum;
}

} // namespace sockeye::app
