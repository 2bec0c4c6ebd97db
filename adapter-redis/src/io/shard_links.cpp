#include <sockeye/adapter_redis/shard_links.hpp>
#include <sockeye/engineio/http_server.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace sockeye::adapter_redis {

shard_links::shard_links(const redis_options& options, engineio::http_server& server)
    : server_(server), shards_(server.shards()) {
    for (unsigned shard = 0; shard < shards_.size(); ++shard)
        links_.push_back(std::make_unique<redis_link>(options, server.loop(shard)));
}

// None is gone while the others still tell who waits, and who may ask for more.
shard_links::~shard_links() {
    for (const auto& link : links_)
        link->end();
}

redis_link& shard_links::here() const {
    const unsigned shard = shards_.current();
    return *links_[shard == engineio::shards::none ? 0 : shard];
}

void shard_links::drain(milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    for (const auto& link : links_) {
        const auto left = deadline - std::chrono::steady_clock::now();
        link->drain(std::max(duration_cast<milliseconds>(left), milliseconds(0)));
    }
}

link_counters shard_links::counters() const {
    link_counters sum{.connected = true};
    for (const auto& link : links_) {
        const link_counters one = link->counters();
        sum.connected = sum.connected && one.connected;
        sum.connects += one.connects;
        sum.dropped += one.dropped;
        sum.failed += one.failed;
        sum.refused += one.refused;
        sum.queued_bytes += one.queued_bytes;
    }
    return sum;
}

void shard_links::command_for(std::string_view key, const std::vector<std::string>& words,
                              reply_handler then) {
    here().command_for(key, words, std::move(then));
}

void shard_links::say_for(std::string_view key, const std::vector<std::string>& words,
                          reply_handler then) {
    here().say_for(key, words, std::move(then));
}

bool shard_links::reaches(std::string_view key) const {
    return here().reaches(key);
}

redis_options shard_links::options_for(std::string_view key) const {
    return here().options_for(key);
}

std::unique_ptr<redis_link> shard_links::open_link(const redis_options& options,
                                                   unsigned shard) const {
    return std::make_unique<redis_link>(options, server_.loop(shard));
}

void shard_links::publish(channel_kind kind, std::string_view channel, std::string_view payload) {
    here().publish(kind, channel, payload);
}

pubsub::subscription_id shard_links::subscribe(channel_kind kind, std::string_view name,
                                               message_handler handler,
                                               std::function<void()> ready) {
    return links_.front()->subscribe(kind, name, std::move(handler), std::move(ready));
}

void shard_links::unsubscribe(subscription_id which) {
    links_.front()->unsubscribe(which);
}

void shard_links::count_subscribers(channel_kind kind, std::string_view channel,
                                    count_handler then) {
    here().count_subscribers(kind, channel, std::move(then));
}

} // namespace sockeye::adapter_redis
