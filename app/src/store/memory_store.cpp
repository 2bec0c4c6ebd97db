#include "store/memory_keys.hpp"

#include <sockeye/app/memory_store.hpp>

#include <deque>
#include <exception>
#include <mutex>
#include <stdexcept>

namespace sockeye::app {

struct memory_store::state {
    std::mutex mutex; // never held while calling out; guards the rest
    memory_keys keys;
    std::function<milliseconds()> now;
    struct subscriber {
        std::string channel;
        std::shared_ptr<const message_handler> handler;
    };
    std::map<subscription_id, subscriber> subscribers;
    std::multimap<std::string, subscription_id, std::less<>> by_channel;
    subscription_id last_subscription = 0;
    std::deque<published_message> undelivered;
    bool closed = false;
    bool delivering = false; // by some thread, which goes on until nothing is left

    std::vector<std::shared_ptr<const message_handler>> handlers_of(std::string_view channel) {
        std::vector<std::shared_ptr<const message_handler>> found;
        const auto [begin, end] = by_channel.equal_range(channel);
        for (auto each = begin; each != end; ++each)
            found.push_back(subscribers.at(each->second).handler);
        return found;
    }

    // One thread at a time, so that messages keep their order.
    void deliver() {
        std::unique_lock lock(mutex);
        if (delivering) return;
        delivering = true;
        while (!undelivered.empty()) {
            const published_message next = std::move(undelivered.front());
            undelivered.pop_front();
            const auto handlers = handlers_of(next.channel);
            lock.unlock();
            for (const auto& handler : handlers)
                (*handler)(next.payload);
            lock.lock();
        }
        delivering = false;
    }
};

memory_store::memory_store(engineio::shards& shards, std::function<milliseconds()> now)
    : shards_(shards), state_(std::make_unique<state>()) {
    state_->now = std::move(now);
}

memory_store::~memory_store() = default;

socketio::pending<store_result> memory_store::commit(transaction what) {
    const socketio::resolver<store_result> answer(shards_);
    socketio::outcome<store_result> done;
    bool published = false;
    {
        const std::lock_guard lock(state_->mutex);
        std::vector<published_message> messages;
        try {
            if (state_->closed) throw std::runtime_error("the store is closed");
            done.result = state_->keys.apply(what, state_->now(), messages);
        } catch (const std::exception& wrong) {
            done.error = wrong.what();
        }
        published = !messages.empty();
        for (auto& message : messages)
            state_->undelivered.push_back(std::move(message));
    }
    answer.complete(std::move(done));
    if (published) state_->deliver();
    return answer.answer();
}

store::subscription_id memory_store::subscribe(std::string channel, message_handler handler,
                                               std::function<void()> ready) {
    subscription_id made = 0;
    {
        const std::lock_guard lock(state_->mutex);
        made = ++state_->last_subscription;
        state_->by_channel.emplace(channel, made);
        state_->subscribers[made] = {std::move(channel),
                                     std::make_shared<const message_handler>(std::move(handler))};
    }
    if (ready) ready();
    return made;
}

void memory_store::close() {
    std::map<subscription_id, state::subscriber> ended; // behind the lock
    const std::lock_guard lock(state_->mutex);
    state_->closed = true;
    state_->by_channel.clear();
    ended.swap(state_->subscribers);
}

void memory_store::unsubscribe(subscription_id which) {
    std::shared_ptr<const message_handler> handler; // ends behind the lock
    const std::lock_guard lock(state_->mutex);
    const auto found = state_->subscribers.find(which);
    if (found == state_->subscribers.end()) return;
    const auto [begin, end] = state_->by_channel.equal_range(found->second.channel);
    for (auto each = begin; each != end; ++each)
        if (each->second == which) {
            state_->by_channel.erase(each);
            break;
        }
    handler = std::move(found->second.handler);
    state_->subscribers.erase(found);
}

} // namespace sockeye::app
