#include "io/cluster_map.hpp"
#include "io/command_connection.hpp"

#include <utility>

// Commands on their way to whoever has their key.

namespace sockeye::adapter_redis {

namespace {

constexpr unsigned max_redirections = 5;

} // namespace

struct cluster_map::errand {
    std::string key;
    std::vector<std::string> words;
    redis_client::reply_handler then; // may be empty
    bool says = false;                // as of command_queue::waiter
    unsigned redirections = 0;
    std::optional<time_point> given_up_at = {}; // since it was put off

    // No fewer than it takes to say it: what was put off must find room on its link.
    [[nodiscard]] std::size_t bytes() const {
        std::size_t sum = 0;
        for (const std::string& word : words)
            sum += 16 + word.size();
        return sum;
    }
};

// Channels of the sharded kind are spread as keys are.
void cluster_map::command_for(std::string_view key, const std::vector<std::string>& words,
                              redis_client::reply_handler then) {
    const bool says = !then;
    send({std::string(key), words, std::move(then), says});
}

void cluster_map::say_for(std::string_view key, const std::vector<std::string>& words,
                          redis_client::reply_handler then) {
    send({std::string(key), words, std::move(then), true});
}

void cluster_map::send(errand one) {
    const auto kept = std::make_shared<errand>(std::move(one));
    link_ptr to;
    bool early = false;
    {
        const std::lock_guard lock(mutex_);
        if (!closed_) {
            node& home = node_for(channel_kind::sharded, kept->key);
            to = home.link;
            early = is_awaited(home);
        }
    }
    if (!to)
        answer(kept, unsent());
    else if (!early || !put_off(kept))
        send(kept, to, false);
}

void cluster_map::send(const errand_ptr& one, const link_ptr& to, bool asking) {
    auto answered = [weak = weak_from_this(), one, host = to->options().host](reply answer) {
        const auto self = weak.lock();
        if (self && self->send_on(one, answer, host)) return;
        if (self) return self->answer(one, std::move(answer));
        if (one->then) one->then(std::move(answer));
    };
    asking ? to->command_after_asking(one->words, std::move(answered))
           : to->command(one->words, std::move(answered));
}

void cluster_map::answer(const errand_ptr& one, reply with) {
    if (one->says) settle(with);
    if (one->then) one->then(std::move(with));
}

// Not for each link it came to: a redirection is no refusal.
void cluster_map::settle(const reply& answer) {
    const std::string line = ledger_->settle(answer, clock::now());
    if (line.empty()) return;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return;
    }
    log_(engineio::log_level::error, line);
}

// Where the answer says, or where the key is now if nobody has seen the command. False: that was
// the answer.
bool cluster_map::send_on(const errand_ptr& one, const reply& answer, std::string_view from) {
    if (says_try_again(answer)) return put_off(one);
    const auto elsewhere = read_redirection(answer, from);
    if ((!elsewhere && !is_unsent(answer)) || one->redirections++ == max_redirections) return false;
    link_ptr to;
    bool early = false;
    {
        const std::lock_guard lock(mutex_);
        if (closed_) return false;
        node& home = elsewhere ? node_at(elsewhere->to, options_.moving_timeout)
                               : node_for(channel_kind::sharded, one->key);
        to = home.link;
        early = is_awaited(home);
    }
    const bool asking = elsewhere && elsewhere->asking;
    if (elsewhere && !asking) refresh_once();
    if (!early || !put_off(one)) send(one, to, asking);
    return true;
}

// False: for too long already, or too much is.
bool cluster_map::put_off(const errand_ptr& one) {
    {
        const std::lock_guard lock(mutex_);
        const std::size_t bytes = put_off_bytes_ + one->bytes();
        if (!one->given_up_at) one->given_up_at = clock::now() + options_.moving_timeout;
        if (closed_ || clock::now() >= *one->given_up_at || bytes > options_.each.max_queue_bytes)
            return false;
        one->redirections = 0;
        put_off_.push_back(one);
        put_off_bytes_ = bytes;
    }
    on_put_off_();
    return true;
}

void cluster_map::send_put_off() {
    std::vector<std::pair<errand_ptr, link_ptr>> ready;
    bool some_wait = false;
    {
        const std::lock_guard lock(mutex_);
        for (errand_ptr& one : std::exchange(put_off_, {})) {
            node& home = node_for(channel_kind::sharded, one->key);
            if (is_awaited(home) && clock::now() < *one->given_up_at) {
                put_off_.push_back(std::move(one));
            } else {
                put_off_bytes_ -= one->bytes();
                ready.emplace_back(std::move(one), home.link);
            }
        }
        some_wait = !put_off_.empty();
    }
    for (const auto& [one, to] : ready)
        send(one, to, false);
    if (some_wait) on_put_off_();
}

} // namespace sockeye::adapter_redis
