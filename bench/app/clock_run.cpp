#include "crowd.hpp"
#include "runs.hpp"
#include "spread.hpp"
#include "tick_watch.hpp"

#include <chrono>
#include <csignal>

namespace sockeye::bench {
namespace {

constexpr std::int64_t tick_ms = 100;
constexpr double starts_per_second = 100;
constexpr double takeover_s = 5;       // watched after the kill
constexpr double most_silent_ms = 300; // a member that misses ticks for longer had no emitter

double wall_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli>(now).count();
}

// What a member has heard of its session.
struct member {
    std::int64_t position = -1; // the last
    double heard_at = 0;
    double longest_silence = 0;
};

// Every other member is at the second instance, and every other session is started there, which is
// where it is ticked from then on.
class clock_run {
public:
    clock_run(driver& on, const app_options& o)
        : driver_(on), options_(o), watch_(on, o.redis_port),
          all_(on, o, [this](app_client& who, std::string_view event) { hear(who, event); }),
          members_(std::size_t(o.sessions) * o.members), origins_(o.sessions, -1) {}

    void run(report& r) {
        for (std::uint32_t i = 0; i < members_.size(); ++i)
            all_.add(i, i % options_.members % 2);
        all_.open();
        all_.each([this](app_client& c) { c.ask("clock:join", session_of(c)); });
        std::uint32_t started = 0;
        driver_.run_at_intervals(starts_per_second, options_.sessions / starts_per_second, [&] {
            app_client& by = all_[started * options_.members + started % 2];
            ++started;
            by.ask("clock:start", session_of(by));
        });
        all_.settle();
        driver_.run_for(options_.warmup);
        measure(r);
        if (driver_.board.failure.empty()) kill_one(r);
        r.add("published", double(watch_.published()));
        r.add("published_twice", double(watch_.repeated()));
        r.add("heard_twice", double(repeated_));
        r.add("moved", double(moved_));
    }

private:
    void measure(report& r) {
        lateness_.clear();
        missed_ = 0;
        const cpu_reading before = read_cpu(options_.other_pid);
        expense spent(options_);
        driver_.run_for(options_.seconds);
        const double ticks = double(options_.sessions) * options_.seconds * 1000 / tick_ms;
        spent.report_per(r, "cpu_us_per_tick_at_first", ticks);
        r.add("cpu_us_per_tick_at_second",
              (read_cpu(options_.other_pid) - before).total * 1e6 / ticks);
        r.add("told", double(lateness_.size()));
        r.add("told_share", double(lateness_.size()) / (ticks * options_.members));
        r.add("missed", double(missed_));
        lateness_.report_as(r, "lateness");
    }

    void kill_one(report& r) {
        for (std::size_t i = 0; i < all_.size(); ++i)
            if (is_at_second(i)) all_[i].allow_end();
        for (member& m : members_)
            m.longest_silence = 0;
        kill(options_.other_pid, SIGKILL);
        const double killed = wall_ms();
        driver_.run_for(takeover_s);
        spread orphaned, others;
        for (std::size_t i = 0; i < members_.size(); ++i) {
            if (is_at_second(i)) continue;
            if (members_[i].heard_at < killed + takeover_s * 1000 - most_silent_ms)
                driver_.board.fail(std::uint32_t(i), "the session was not taken over");
            const bool was_its = i / options_.members % 2 == 1;
            (was_its ? orphaned : others).add(members_[i].longest_silence);
        }
        orphaned.report_as(r, "takeover");
        others.report_as(r, "others_silence");
    }

    [[nodiscard]] bool is_at_second(std::size_t i) const { return i % options_.members % 2 == 1; }

    std::string session_of(const app_client& c) const {
        return argument("sessionId", "song-" + std::to_string(c.number() / options_.members));
    }

    void hear(app_client& who, std::string_view event) {
        if (!event.starts_with("[\"clock:tick\"")) return;
        const auto position = find_json_number(event, "positionMs");
        const auto timestamp = find_json_number(event, "timestamp");
        if (!position || !timestamp) return driver_.board.fail(who.number(), std::string(event));
        const double now = wall_ms();
        lateness_.add(now - double(*timestamp));
        note(members_[who.number()], *position, now);
        std::int64_t& origin = origins_[who.number() / options_.members];
        if (origin == -1) origin = *timestamp - *position;
        if (origin != *timestamp - *position) ++moved_;
    }

    void note(member& m, std::int64_t position, double now) {
        if (m.position >= 0) {
            if (position <= m.position) ++repeated_;
            if (position > m.position + tick_ms) missed_ += (position - m.position) / tick_ms - 1;
            m.longest_silence = std::max(m.longest_silence, now - m.heard_at);
        }
        m.position = position;
        m.heard_at = now;
    }

    driver& driver_;
    const app_options& options_;
    tick_watch watch_;
    crowd all_;
    std::vector<member> members_;
    std::vector<std::int64_t> origins_; // of each session: when it was at position 0
    std::uint64_t repeated_ = 0;
    std::int64_t missed_ = 0;
    std::uint64_t moved_ = 0; // ticks at which the session was not where it should have been
    spread lateness_;
};

} // namespace

void run_clock(driver& on, const app_options& o, report& r) {
    clock_run(on, o).run(r);
}

} // namespace sockeye::bench
