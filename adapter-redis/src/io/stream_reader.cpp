#include "io/stream_reader.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::adapter_redis {

namespace {

constexpr milliseconds retry_delay(100);

// To be closed without waiting for news that may never come.
redis_options for_reading(redis_options options) {
    options.close_timeout = milliseconds(0);
    return options;
}

} // namespace

// Redis says something well before the link takes its silence for death.
stream_reader::stream_reader(const redis_link& beside, std::string stream, std::size_t read_count,
                             engineio::shards& shards)
    : stream_(std::move(stream)), read_count_(std::to_string(read_count)),
      wait_(std::to_string(std::max<long long>(beside.options().ping_interval.count() / 2, 1))),
      shards_(shards), log_(beside.options().log), link_(for_reading(beside.options())) {}

void stream_reader::listen(const std::string& nsp, listener who) {
    const std::lock_guard lock(mutex_);
    if (started_) who.started(last_read_);
    listeners_.insert_or_assign(nsp, std::move(who));
}

void stream_reader::unlisten(const std::string& nsp) {
    const std::lock_guard lock(mutex_);
    listeners_.erase(nsp);
}

template<class Then>
void stream_reader::ask(const std::vector<std::string>& words, Then then) {
    link_.command(words, [weak = weak_from_this(), then](const reply& answer) {
        if (const auto self = weak.lock()) ((*self).*then)(answer);
    });
}

// Reading from `$` would lose what is added until the first entry has been read.
void stream_reader::find_end() {
    ask({"XREVRANGE", stream_, "+", "-", "COUNT", "1"}, &stream_reader::on_end);
}

void stream_reader::on_end(const reply& answer) {
    const auto entries = read_entries(answer);
    if (!entries) return try_again(&stream_reader::find_end, answer.text);
    {
        const std::lock_guard lock(mutex_);
        started_ = true;
        if (!entries->empty()) last_read_ = entries->front().id;
        for (const auto& [nsp, who] : listeners_)
            who.started(last_read_);
    }
    read_on();
}

void stream_reader::read_on() {
    ask({"XREAD", "COUNT", read_count_, "BLOCK", wait_, "STREAMS", stream_, to_string(last_read_)},
        &stream_reader::on_news);
}

void stream_reader::on_news(const reply& answer) {
    const auto entries = read_news(answer);
    if (!entries) return try_again(&stream_reader::read_on, answer.text);
    failing_ = false;
    const batch all(nullptr, [weak = weak_from_this()](void*) {
        if (const auto self = weak.lock()) self->read_on();
    });
    for (const stream_entry& entry : *entries)
        tell(entry, all);
}

void stream_reader::tell(const stream_entry& entry, const batch& of) {
    const std::lock_guard lock(mutex_);
    last_read_ = entry.id;
    const std::string* const nsp = find_field(entry.fields, "nsp");
    if (nsp == nullptr) return;
    const auto found = listeners_.find(*nsp);
    if (found != listeners_.end()) found->second.heard(entry, of);
}

void stream_reader::try_again(void (stream_reader::*step)(), const std::string& why) {
    if (!std::exchange(failing_, true) && log_)
        log_(engineio::log_level::error, "redis: cannot read the stream " + stream_ + ": " + why);
    shards_.post_after(0, retry_delay, [weak = weak_from_this(), step] {
        if (const auto self = weak.lock()) ((*self).*step)();
    });
}

} // namespace sockeye::adapter_redis
