#include "io/stream_reader.hpp"

#include "codec/cluster_slots.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::adapter_redis {

namespace {

constexpr milliseconds retry_delay(100);

// Batches that are being dealt with. With one, whoever is done last would have to wake the reader
// each time.
constexpr unsigned max_under_way = 2;

// To be closed without waiting for news that may never come; and what is asked while Redis is away
// is to be asked anew, perhaps somewhere else.
redis_options for_reading(redis_options options) {
    options.close_timeout = milliseconds(0);
    options.queue_while_away = false;
    return options;
}

} // namespace

// Redis says something well before the link takes its silence for death.
stream_reader::stream_reader(const std::shared_ptr<redis_client>& beside, std::string stream,
                             std::size_t read_count, engineio::shards& shards, unsigned shard)
    : beside_(beside), stream_(std::move(stream)), read_count_(std::to_string(read_count)),
      shards_(shards), shard_(shard),
      link_(beside->open_link(for_reading(beside->options_for(stream_)), shard)) {
    const long long silence = link_->options().ping_interval.count();
    wait_ = std::to_string(std::max(silence / 2, 1LL));
}

stream_reader::listener_id stream_reader::listen(const std::string& nsp, listener who) {
    step paused = nullptr;
    listener_id which = 0;
    {
        const std::lock_guard lock(mutex_);
        if (started_) who.started(last_read_);
        which = ++last_id_;
        listeners_.insert_or_assign(nsp, known_listener{which, std::move(who)});
        paused = std::exchange(paused_, nullptr);
    }
    if (paused != nullptr) (this->*paused)();
    return which;
}

void stream_reader::unlisten(const std::string& nsp, listener_id which) {
    const std::lock_guard lock(mutex_);
    const auto found = listeners_.find(nsp);
    if (found != listeners_.end() && found->second.which == which) listeners_.erase(found);
}

// Reading from `$` would lose what is added until the first entry has been read. Not on the link
// for reading, which is still being made.
void stream_reader::find_end() {
    const auto beside = beside_.lock();
    if (!beside) return;
    beside->command_for(stream_, {"XREVRANGE", stream_, "+", "-", "COUNT", "1"},
                        [weak = weak_from_this()](const reply& answer) {
                            if (const auto self = weak.lock()) self->on_end(answer);
                        });
}

void stream_reader::on_end(const reply& answer) {
    const auto entries = read_entries(answer);
    if (!entries) return try_again(&stream_reader::find_end, answer);
    {
        const std::lock_guard lock(mutex_);
        started_ = true;
        if (!entries->empty()) last_read_ = entries->front().id;
        for (const auto& [nsp, one] : listeners_)
            one.who.started(last_read_);
    }
    read_on();
}

void stream_reader::read_on() {
    const std::vector<std::string> words{"XREAD", "COUNT",   read_count_, "BLOCK",
                                         wait_,   "STREAMS", stream_,     to_string(last_read_)};
    auto answered = [weak = weak_from_this()](const reply& answer) {
        if (const auto self = weak.lock()) self->on_news(answer);
    };
    asking_ ? link_->command_after_asking(words, std::move(answered))
            : link_->command(words, std::move(answered));
}

void stream_reader::on_news(const reply& answer) {
    const auto entries = read_news(answer);
    if (!entries) return try_again(&stream_reader::read_on, answer);
    failing_ = false;
    tell_all(*entries);
    bool go_on = false;
    {
        const std::lock_guard lock(mutex_);
        go_on = under_way_ < max_under_way;
        held_up_ = !go_on;
    }
    if (go_on) read_on();
}

void stream_reader::tell_all(const std::vector<stream_entry>& entries) {
    {
        const std::lock_guard lock(mutex_);
        ++under_way_;
    }
    const batch all(nullptr, [weak = weak_from_this()](void*) {
        if (const auto self = weak.lock()) self->on_batch_done();
    });
    for (const stream_entry& entry : entries)
        tell(entry, all);
}

void stream_reader::on_batch_done() {
    bool go_on = false;
    {
        const std::lock_guard lock(mutex_);
        --under_way_;
        go_on = std::exchange(held_up_, false);
    }
    if (go_on) read_on();
}

void stream_reader::tell(const stream_entry& entry, const batch& of) {
    const std::lock_guard lock(mutex_);
    last_read_ = entry.id;
    const std::string* const nsp = find_field(entry.fields, "nsp");
    if (nsp == nullptr) return;
    const auto found = listeners_.find(*nsp);
    if (found != listeners_.end()) found->second.who.heard(entry, of);
}

void stream_reader::try_again(step what, const reply& failure) {
    report(failure);
    follow(failure);
    const std::lock_guard lock(mutex_);
    if (listeners_.empty()) { // the server may have ended, and its shards
        paused_ = what;
        return;
    }
    shards_.post_after(shard_, retry_delay, [weak = weak_from_this(), what] {
        if (const auto self = weak.lock()) ((*self).*what)();
    });
}

// That Redis is away the link has said itself.
void stream_reader::report(const reply& failure) {
    if (!link_->counters().connected) return;
    if (link_->has_own_thread() && read_redirection(failure, {})) return; // and is followed
    if (std::exchange(failing_, true)) return;
    link_->options().log(engineio::log_level::error,
                         "redis: cannot read the stream " + stream_ + ": " + failure.text);
}

// To whoever has the stream: as the answer says, or else as is known now.
void stream_reader::follow(const reply& failure) {
    const auto beside = beside_.lock();
    if (!beside || !link_->has_own_thread()) return;
    redis_options to = beside->options_for(stream_);
    const auto elsewhere = read_redirection(failure, link_->options().host);
    asking_ = elsewhere && elsewhere->asking;
    if (elsewhere) {
        to.host = elsewhere->to.host;
        to.port = elsewhere->to.port;
    }
    const redis_options& now = link_->options();
    if (to.host != now.host || to.port != now.port)
        link_ = beside->open_link(for_reading(std::move(to)), shard_);
}

} // namespace sockeye::adapter_redis
