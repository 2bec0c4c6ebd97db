#include "store/redis_request.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>
#include <sockeye/adapter_redis/redis_link.hpp>
#include <sockeye/app/redis_store.hpp>
#include <sockeye/engineio/http_server.hpp>

#include <atomic>
#include <exception>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace sockeye::app {

using adapter_redis::channel_kind;
using adapter_redis::redis_link;
using adapter_redis::redis_options;
using adapter_redis::reply;

namespace {

using request_ptr = std::shared_ptr<redis_request>;
using link_ptr = std::shared_ptr<adapter_redis::redis_client>;
using answer_resolver = socketio::resolver<store_result>;

redis_options without_queue(redis_options options) {
    options.queue_while_away = false;
    return options;
}

link_ptr link_to(adapter_redis::redis_cluster_options cluster, std::string_view key_prefix) {
    if (!adapter_redis::has_hash_tag(key_prefix))
        throw std::invalid_argument("sockeye: in a Redis Cluster the keys of a store must share a "
                                    "slot: their prefix needs a part in braces, such as " +
                                    std::string(cluster_key_prefix));
    cluster.each = without_queue(std::move(cluster.each));
    return std::make_shared<adapter_redis::redis_cluster>(std::move(cluster));
}

/// Of a cluster, one server that is there says so while another one is missing.
bool is_cluster_down(const reply& answer) {
    return answer.is_error() && answer.text.starts_with("CLUSTERDOWN");
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

// A way to the server that has the keys, and whether that knows the script.
class lane {
public:
    lane(link_ptr over, std::string key_prefix)
        : key_prefix_(std::move(key_prefix)), link_(std::move(over)) {}

    [[nodiscard]] const link_ptr& link() const { return link_; }
    [[nodiscard]] bool is_ready() const { return link_->reaches(key_prefix_) && !cluster_down_; }

    void commit(const transaction& what, const answer_resolver& answer) {
        send(std::make_shared<redis_request>(request_of(what, key_prefix_)), answer);
    }

private:
    void send(const request_ptr& request, const answer_resolver& answer) {
        std::unique_lock lock(mutex_);
        // A script's first run spells it out: whoever only names it must be sent behind that.
        if (request->by_script)
            introduce_script(*request);
        else
            lock.unlock();
        link_->command_for(key_prefix_, request->words, [this, request, answer](reply got) {
            cluster_down_ = is_cluster_down(got);
            if (!is_unknown_script(got))
                return answer.complete(outcome_of(*request, std::move(got)));
            forget_introduction();
            send(request, answer);
        });
    }

    /// The first on each connection does it: the Redis at its other end may be a new one. A server
    /// of a cluster that has the keys by now may not know it either, and says so.
    void introduce_script(redis_request& request) {
        const std::uint64_t connection = link_->counters().connects;
        if (std::exchange(introduced_on_, connection) != connection) spell_out_script(request);
    }

    void forget_introduction() {
        const std::lock_guard lock(mutex_);
        introduced_on_ = 0;
    }

    const std::string key_prefix_; // also says whose slot is meant
    std::atomic<bool> cluster_down_ = false;
    std::mutex mutex_;
    std::uint64_t introduced_on_ = 0;
    const link_ptr link_; // ends first, with answers that need the rest
};

using lane_ptr = std::shared_ptr<lane>;

} // namespace

class redis_store::core {
public:
    core(engineio::shards& shards, link_ptr link, const std::string& key_prefix) : shards_(shards) {
        add_lane(std::move(link), key_prefix);
    }

    core(engineio::http_server& server, const redis_options& options, const std::string& key_prefix)
        : shards_(server.shards()) {
        for (unsigned shard = 0; shard < shards_.size(); ++shard)
            add_lane(std::make_shared<redis_link>(without_queue(options), server.loop(shard)),
                     key_prefix);
    }

    ~core() { close(); }
    core(const core&) = delete;
    core& operator=(const core&) = delete;

    [[nodiscard]] engineio::shards& shards() const { return shards_; }

    // Whoever asks for something at the moment holds on to a lane or its link, and would be the one
    // who ends it: then nobody would wait here for the link's thread.
    void close() {
        std::vector<lane_ptr> ended;
        {
            const std::lock_guard lock(mutex_); // not for longer: their answers come back here
            ended.swap(lanes_);
        }
        for (const lane_ptr& one : ended)
            while (one.use_count() > 1 || one->link().use_count() > 1)
                std::this_thread::yield();
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
    void add_lane(link_ptr over, const std::string& key_prefix) {
        lanes_.push_back(std::make_shared<lane>(std::move(over), key_prefix));
    }

    engineio::shards& shards_;
    mutable std::mutex mutex_;
    std::vector<lane_ptr> lanes_;
};

redis_store::redis_store(engineio::shards& shards, redis_options options,
                         const std::string& key_prefix)
    : core_(std::make_unique<core>(
          shards, std::make_shared<redis_link>(without_queue(std::move(options))), key_prefix)) {}

redis_store::redis_store(engineio::http_server& server, const redis_options& options,
                         const std::string& key_prefix)
    : core_(std::make_unique<core>(server, options, key_prefix)) {}

redis_store::redis_store(engineio::shards& shards, adapter_redis::redis_cluster_options options,
                         const std::string& key_prefix)
    : core_(std::make_unique<core>(shards, link_to(std::move(options), key_prefix), key_prefix)) {}

redis_store::~redis_store() = default;

socketio::pending<store_result> redis_store::commit(transaction what) {
    const answer_resolver answer(core_->shards());
    if (const auto lane = core_->here())
        lane->commit(what, answer);
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
        sum.ready = sum.ready && lane->is_ready();
        sum.reconnects += now.connects == 0 ? 0 : now.connects - 1;
        sum.failed += now.dropped + now.failed;
        sum.queued_bytes += now.queued_bytes;
    }
    return sum;
}

} // namespace sockeye::app
