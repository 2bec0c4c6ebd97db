#include "limits/refusals.hpp"

#include <sockeye/app/limits.hpp>

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace sockeye::app {

namespace {

/// What one question counts, and by which option.
struct counted {
    std::string key;
    allowance limits_options::*allowed;
};

transaction counting(const std::vector<counted>& what, const limits_options& options) {
    transaction made;
    for (const auto& [key, allowed] : what)
        made.increment(key).expire_if_lasting(key, (options.*allowed).window).time_left(key);
    return made;
}

constexpr std::size_t replies_each = 3; // to the steps above

/// The stricter of both.
void tighten(verdict& so_far, const verdict& by) {
    so_far.allowed &= by.allowed;
    so_far.retry_after = std::max(so_far.retry_after, by.retry_after);
    if (!by.remaining) return;
    so_far.remaining = std::min(*by.remaining, so_far.remaining.value_or(*by.remaining));
}

verdict verdict_on(const allowance& allowed, std::int64_t count, std::int64_t time_left) {
    const auto so_many = static_cast<std::uint64_t>(std::max<std::int64_t>(count, 0));
    if (allowed.count == 0) return {};
    if (so_many <= allowed.count) return {.remaining = allowed.count - so_many};
    return {.allowed = false,
            .remaining = 0,
            .retry_after = milliseconds(std::max<std::int64_t>(time_left, 1))};
}

} // namespace

void enforce(const verdict& given) {
    if (given.allowed) return;
    throw service_error("RATE_LIMITED",
                        "too many; try again in " + std::to_string(given.retry_after.count()) +
                            " ms",
                        {{"retryAfterMs", given.retry_after.count()}});
}

/// Every coroutine keeps it alive by itself: the store may answer when the service has ended.
class limits::core : public std::enable_shared_from_this<core> {
public:
    core(const context& on, const limits_options& options)
        : on_(on), options_(options), refused_(options.max_remembered) {}

    task<verdict> check(std::vector<counted> what) {
        const auto self = shared_from_this();
        const limits_options options = drop_unlimited(what);
        verdict given = known_refusal(what);
        if (!given.allowed || what.empty()) co_return given;
        try {
            given = judge(what, co_await on_.state.commit(counting(what, options)));
        } catch (const socketio::operation_error&) {
            const std::lock_guard lock(mutex_);
            ++counters_.unchecked;
        }
        co_return given;
    }

    void set(const limits_options& options) {
        const std::lock_guard lock(mutex_);
        options_ = options;
        refused_ = refusals(options.max_remembered); // more may be allowed now
    }
    [[nodiscard]] limits_counters counters() const {
        const std::lock_guard lock(mutex_);
        return counters_;
    }

private:
    limits_options drop_unlimited(std::vector<counted>& what) {
        const std::lock_guard lock(mutex_);
        std::erase_if(what, [&](const auto& each) { return (options_.*each.allowed).count == 0; });
        return options_;
    }

    /// A flood costs no question to the store.
    verdict known_refusal(const std::vector<counted>& what) {
        const milliseconds now = on_.now();
        const std::lock_guard lock(mutex_);
        verdict given;
        for (const counted& each : what)
            if (const auto until = refused_.until(each.key, now))
                tighten(given, {.allowed = false, .remaining = 0, .retry_after = *until - now});
        if (!given.allowed) {
            ++counters_.refused;
            ++counters_.refused_at_once;
        }
        return given;
    }

    /// By the options of this moment: a refusal is remembered, and these may have changed.
    verdict judge(const std::vector<counted>& what, const store_result& done) {
        const milliseconds now = on_.now();
        const std::lock_guard lock(mutex_);
        verdict given;
        for (std::size_t i = 0; i < what.size(); ++i) {
            const store_reply* replies = &done.replies[replies_each * i];
            const verdict each =
                verdict_on(options_.*what[i].allowed, replies[0].number, replies[2].number);
            if (!each.allowed) refused_.add(what[i].key, now + each.retry_after, now);
            tighten(given, each);
        }
        if (!given.allowed) ++counters_.refused;
        return given;
    }

    const context on_;

    mutable std::mutex mutex_; // guards the rest
    limits_options options_;
    refusals refused_;
    limits_counters counters_;
};

limits::limits(const context& on, limits_options options)
    : core_(std::make_shared<core>(on, options)) {}

task<verdict> limits::check_connection(std::string ip) {
    return core_->check({{"ratelimit:connections:" + ip, &limits_options::connections_per_ip}});
}

task<verdict> limits::check_request(std::string ip) {
    return core_->check({{"ratelimit:requests:" + ip, &limits_options::requests_per_ip}});
}

task<verdict> limits::check_event(std::string ip, std::string user) {
    std::vector<counted> what{{"ratelimit:ip:" + ip, &limits_options::events_per_ip}};
    if (!user.empty()) what.push_back({"ratelimit:user:" + user, &limits_options::events_per_user});
    return core_->check(std::move(what));
}

void limits::set(const limits_options& options) {
    core_->set(options);
}

limits_counters limits::counters() const {
    return core_->counters();
}

} // namespace sockeye::app
