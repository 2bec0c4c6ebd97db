#include "state/link_state.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::adapter_redis {

using engineio::log_level;

namespace {

std::string place(const redis_options& options) {
    if (!options.unix_socket.empty()) return options.unix_socket;
    if (options.sentinel) return "master " + options.sentinel->master_name;
    return options.host + ":" + std::to_string(options.port);
}

/// The answer to ROLE. A sentinel may be late to know.
bool is_master(const reply& role) {
    return !role.items.empty() && role.items[0].text == "master";
}

} // namespace

link_state::link_state(const redis_options& options, link_host& host, std::string_view purpose,
                       std::uint64_t seed)
    : options_(options), host_(host),
      name_("redis: connection for " + std::string(purpose) + " to " + place(options)),
      random_(static_cast<std::mt19937::result_type>(seed)), delay_(options.reconnect_delay) {}

void link_state::start(time_point now) {
    connect(now);
}

void link_state::connect(time_point now) {
    state_ = state::connecting;
    wake_at(now + options_.connect_timeout);
    host_.connect();
}

void link_state::wake_at(time_point when) {
    deadline_ = when;
    host_.wake_at(when);
}

void link_state::on_connected(time_point) {
    state_ = state::greeting;
    greetings_ = 1 + unsigned{!options_.password.empty()} + unsigned{options_.database != 0} +
                 unsigned{options_.sentinel.has_value()};
    if (!options_.password.empty()) {
        if (options_.username.empty()) {
            host_.greet({"AUTH", options_.password});
        } else {
            host_.greet({"AUTH", options_.username, options_.password});
        }
    }
    if (options_.database != 0) host_.greet({"SELECT", std::to_string(options_.database)});
    host_.greet({"PING"});
    if (options_.sentinel) host_.greet({"ROLE"});
}

void link_state::on_greeting(const reply& answer, time_point now) {
    if (answer.is_error()) return retry(answer.text, now);
    if (--greetings_ > 0) return;
    if (options_.sentinel && !is_master(answer)) return retry("it is no master", now);
    state_ = state::ready;
    delay_ = options_.reconnect_delay;
    last_input_ = now;
    pinged_.reset();
    watch(now);
    if (std::exchange(away_, false)) {
        host_.report(log_level::warning, name_ + " is back");
    }
    host_.ready();
}

void link_state::on_input(time_point now) {
    last_input_ = now;
    if (!pinged_) return;
    pinged_.reset();
    wake_at(now + options_.ping_interval);
}

void link_state::on_lost(std::string_view why, time_point now) {
    retry(why, now);
}

void link_state::on_deadline(time_point now) {
    if (now < deadline_) return; // moved when it was over already
    switch (state_) {
    case state::stopped:
        break;
    case state::waiting:
        connect(now);
        break;
    case state::connecting:
    case state::greeting:
        retry("no answer within the time to connect", now);
        break;
    case state::ready:
        watch(now);
        break;
    }
}

/// The deadline is not moved whenever something comes, but looked at when it is over.
void link_state::watch(time_point now) {
    if (pinged_) {
        if (now - *pinged_ >= options_.ping_timeout) return retry("no sign of life", now);
        return wake_at(*pinged_ + options_.ping_timeout);
    }
    if (now - last_input_ < options_.ping_interval) {
        return wake_at(last_input_ + options_.ping_interval);
    }
    pinged_ = now;
    wake_at(now + options_.ping_timeout);
    host_.ping();
}

void link_state::retry(std::string_view why, time_point now) {
    if (state_ == state::stopped || state_ == state::waiting) return;
    const bool was_ready = std::exchange(state_, state::waiting) == state::ready;
    wake_at(now + next_delay());
    host_.disconnect();
    report_failure(why, was_ready);
    if (was_ready) host_.lost();
}

/// Once until it is back, however often that is tried.
void link_state::report_failure(std::string_view why, bool was_ready) {
    if (std::exchange(away_, true)) return;
    const std::string what = was_ready ? " lost: " : " cannot be made: ";
    host_.report(log_level::warning, name_ + what + std::string(why));
}

milliseconds link_state::next_delay() {
    const milliseconds whole = delay_;
    delay_ = std::min(delay_ * 2, options_.max_reconnect_delay);
    const auto half = whole.count() / 2;
    return whole - milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, half)(random_));
}

void link_state::stop() {
    const state before = std::exchange(state_, state::stopped);
    if (before != state::stopped && before != state::waiting) host_.disconnect();
}

} // namespace sockeye::adapter_redis
