#include "net/cluster_servers.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/redis_store.hpp>

#include <condition_variable>
#include <mutex>
#include <utility>

namespace sockeye::app {

namespace {

adapter_redis::redis_options to(const testing::redis_server& server) {
    return {.unix_socket = server.unix_socket()};
}

// Redis counts the time that the test itself takes too, which is long on a busy machine. So all
// lives are that much longer in Redis than whoever asked for them knows.
constexpr std::int64_t stretch = 1000;

transaction stretched(const transaction& what) {
    std::vector<store_step> steps = what.steps();
    for (store_step& step : steps) {
        const bool gives_life = step.verb == store_verb::set || step.verb == store_verb::expire ||
                                step.verb == store_verb::expire_if_lasting;
        if (!gives_life) continue;
        std::string& life = step.arguments.back();
        life = std::to_string(std::stoll(life) * stretch);
    }
    return transaction(std::move(steps));
}

/// Takes the stretching back in what was answered.
void shrink(store_result& done, const std::vector<store_step>& asked) {
    auto reply = done.replies.begin();
    for (const store_step& step : asked) {
        if (is_condition(step.verb)) continue;
        if (reply == done.replies.end()) return;
        const bool has_life = step.verb == store_verb::time_left && reply->number > 0;
        if (has_life) reply->number = (reply->number + stretch - 1) / stretch;
        ++reply;
    }
}

/// Counts the transactions that are on their way, and stretches time.
class watched_store final : public store {
public:
    template<class Where>
    watched_store(engineio::shards& shards, Where options)
        : shards_(shards), redis_(shards, std::move(options)) {}

    pending<store_result> commit(transaction what) override {
        const socketio::resolver<store_result> answer(shards_);
        note_asked();
        auto asked = redis_.commit(stretched(what));
        asked.then([this, answer, what = std::move(what)](socketio::outcome<store_result> done) {
            shrink(done.result, what.steps());
            answer.complete(std::move(done));
            note_answered();
        });
        return answer.answer();
    }
    subscription_id subscribe(std::string channel, message_handler handler,
                              std::function<void()> ready) override {
        return redis_.subscribe(std::move(channel), std::move(handler), std::move(ready));
    }
    void unsubscribe(subscription_id which) override { redis_.unsubscribe(which); }
    void close() override { redis_.close(); }
    [[nodiscard]] store_health health() const override { return redis_.health(); }

    // However long all of them take together, on a busy machine.
    void settle() {
        std::unique_lock lock(mutex_);
        while (on_the_way_ > 0) {
            const auto some_came = [this, before = answered_] { return answered_ != before; };
            REQUIRE(changed_.wait_for(lock, testing::patience, some_came));
        }
    }

private:
    void note_asked() {
        const std::lock_guard lock(mutex_);
        ++on_the_way_;
    }
    void note_answered() {
        const std::lock_guard lock(mutex_);
        --on_the_way_;
        ++answered_;
        changed_.notify_all();
    }

    engineio::shards& shards_;
    std::mutex mutex_;
    std::condition_variable changed_;
    int on_the_way_ = 0;
    std::uint64_t answered_ = 0;
    redis_store redis_; // ends first
};

class redis_world final : public service_world {
public:
    /// `home`: the server that has the keys.
    template<class Where>
    redis_world(adapter_redis::redis_options home, Where options)
        : admin_(std::move(home)), state_(shards, std::move(options)) {
        adapter_redis::ask(admin_, {"FLUSHALL"});
        adapter_redis::await([this] { return state_.health().ready; });
    }

    store& state() override { return state_; }
    void settle() override { state_.settle(); }

    // Redis has a clock of its own: instead, the lives of all keys become shorter.
    void pass(milliseconds time) override {
        const milliseconds end = shards.now() + time;
        settle();
        while (shards.now() < end || shards.next() <= end) {
            const milliseconds step = std::min(shards.next(), end) - shards.now();
            shorten_lives(step);
            shards.pass(step);
            settle();
        }
    }

private:
    void shorten_lives(milliseconds by) {
        const std::string script = R"lua(
            for _, key in ipairs(redis.call('KEYS', '*')) do
                local left = redis.call('PTTL', key)
                if left >= 0 then redis.call('PEXPIRE', key, left - ARGV[1]) end
            end)lua";
        const auto done =
            adapter_redis::ask(admin_, {"EVAL", script, "0", std::to_string(by.count() * stretch)});
        REQUIRE_FALSE(done.is_error());
    }

    adapter_redis::redis_link admin_;
    watched_store state_;
};

} // namespace

std::unique_ptr<service_world> make_redis_world() {
    static const testing::redis_server server;
    return std::make_unique<redis_world>(to(server), to(server));
}

std::unique_ptr<service_world> make_redis_cluster_world() {
    static const adapter_redis::cluster_servers cluster;
    const std::size_t home = cluster.server_of(cluster_key_prefix);
    return std::make_unique<redis_world>(cluster.links[home]->options(), cluster.options());
}

} // namespace sockeye::app
