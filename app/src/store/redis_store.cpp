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
        : link_(without_queue(std::move(options))) {}

    adapter_redis::redis_link& link() { return link_; }

    void send(const request_ptr& request, const answer_resolver& answer) {
        std::unique_lock lock(mutex_, std::defer_lock);
        if (request->by_script) {
            lock.lock(); // until it is sent: whoever only names the script must be behind
            introduce_script(*request);
        }
        link_.command(request->words, [this, request, answer](reply got) {
            if (!is_unknown_script(got))
                return answer.complete(outcome_of(*request, std::move(got)));
            forget_introduction();
            send(request, answer);
        });
    }

private:
    /// The first on each connection does it: the Redis at its other end may be a new one.
    void introduce_script(redis_request& request) {
        const std::uint64_t connection = link_.counters().connects;
        if (std::exchange(introduced_on_, connection) != connection) spell_out_script(request);
    }

    void forget_introduction() {
        const std::lock_guard lock(mutex_);
        introduced_on_ = 0;
    }

    std::mutex mutex_;
    std::uint64_t introduced_on_ = 0;
    adapter_redis::redis_link link_; // ends first, with answers that need the rest
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
    return core_->link().subscribe(channel_kind::plain, channel, std::move(pass_on),
                                   std::move(ready));
}

void redis_store::unsubscribe(subscription_id which) {
    core_->link().unsubscribe(which);
}

store_health redis_store::health() const {
    const auto now = core_->link().counters();
    return {.ready = now.connected,
            .reconnects = now.connects == 0 ? 0 : now.connects - 1,
            .failed = now.dropped + now.failed,
            .queued_bytes = now.queued_bytes};
}

} // namespace sockeye::app
