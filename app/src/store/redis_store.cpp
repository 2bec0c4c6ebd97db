#include "store/redis_request.hpp"

#include <sockeye/adapter_redis/redis_link.hpp>
#include <sockeye/app/redis_store.hpp>

#include <exception>
#include <mutex>

namespace sockeye::app {

using adapter_redis::channel_kind;
using adapter_redis::reply;

namespace {

using request_ptr = std::shared_ptr<redis_request>;
using link_ptr = std::shared_ptr<adapter_redis::redis_link>;
using answer_resolver = socketio::resolver<store_result>;

adapter_redis::redis_options without_queue(adapter_redis::redis_options options) {
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

} // namespace

class redis_store::core {
public:
    explicit core(adapter_redis::redis_options options)
        : link_(std::make_shared<adapter_redis::redis_link>(without_queue(std::move(options)))) {}

    /// Null once it is closed.
    link_ptr link() const {
        const std::lock_guard lock(mutex_);
        return link_;
    }

    void close() {
        link_ptr ended; // behind the lock: its answers come back here
        const std::lock_guard lock(mutex_);
        ended.swap(link_);
    }

    void send(const request_ptr& request, const answer_resolver& answer) {
        std::unique_lock lock(mutex_);
        const link_ptr link = link_;
        // A script's first run spells it out: whoever only names it must be sent behind that.
        if (link && request->by_script)
            introduce_script(*request);
        else
            lock.unlock();
        if (!link) return answer.fail("the store is closed");
        link->command(request->words, [this, request, answer](reply got) {
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

    mutable std::mutex mutex_;
    std::uint64_t introduced_on_ = 0;
    link_ptr link_; // ends first, with answers that need the rest
};

redis_store::redis_store(engineio::shards& shards, adapter_redis::redis_options options)
    : shards_(shards), core_(std::make_unique<core>(std::move(options))) {}

redis_store::~redis_store() = default;

socketio::pending<store_result> redis_store::commit(transaction what) {
    const answer_resolver answer(shards_);
    core_->send(std::make_shared<redis_request>(request_of(what)), answer);
    return answer.answer();
}

store::subscription_id redis_store::subscribe(std::string channel, message_handler handler,
                                              std::function<void()> ready) {
    auto pass_on = [handler = std::move(handler)](std::string_view, std::string_view payload) {
        handler(payload);
    };
    const auto link = core_->link();
    return link
               ? link->subscribe(channel_kind::plain, channel, std::move(pass_on), std::move(ready))
               : 0;
}

void redis_store::unsubscribe(subscription_id which) {
    if (const auto link = core_->link()) link->unsubscribe(which);
}

void redis_store::close() {
    core_->close();
}

store_health redis_store::health() const {
    const auto link = core_->link();
    if (!link) return {.ready = false};
    const auto now = link->counters();
    return {.ready = now.connected,
            .reconnects = now.connects == 0 ? 0 : now.connects - 1,
            .failed = now.dropped + now.failed,
            .queued_bytes = now.queued_bytes};
}

} // namespace sockeye::app
