#include "append_run.hpp"

#include "../load/process_meter.hpp"

#include <algorithm>
#include <unistd.h>

namespace sockeye::bench {
namespace {

constexpr std::chrono::milliseconds turn_time{1};
constexpr double patience_s = 30; // for what is due

double ms_between(std::chrono::steady_clock::time_point a,
                  std::chrono::steady_clock::time_point b) {
    return std::chrono::duration<double, std::milli>(b - a).count();
}

} // namespace

std::string append_run::run(report& r) {
    const auto over = over_.get_future();
    loop_.post(0, [this] { begin(); });
    over.wait();
    const std::uint64_t appended = answers_.size();
    r.add("appends_per_second", double(appended) / options_.seconds);
    answers_.report_as(r, "append");
    stalls_.report_as(r, "stall");
    stalls_alone_.report_as(r, "stall_alone");
    r.add("call_us", append_s_ * 1e6 / double(std::max<std::uint64_t>(asked_, 1)));
    r.add("cpu_us_per_append",
          read_cpu(getpid()).total * 1e6 / double(std::max<std::uint64_t>(appended, 1)));
    r.add("appends_per_commit",
          double(appended) / double(std::max<std::uint64_t>(log_.health().batches, 1)));
    r.add("most_waiting", double(most_waiting_));
    return failure_;
}

void append_run::begin() {
    begun_ = turned_ = steady::now();
    turn();
}

bool append_run::is_over(double of_seconds) const {
    return ms_between(begun_, steady::now()) > of_seconds * 1000;
}

// At first the loop is alone, which shows what the machine itself holds up.
void append_run::turn() {
    const auto now = steady::now();
    note_stall(now);
    if (!appending_ && is_over(options_.seconds)) {
        appending_ = true;
        begun_ = now;
    }
    const bool ends = appending_ && is_over(options_.seconds);
    if (appending_ && !ends) append_due(now);
    if (ends && is_over(options_.seconds + patience_s)) failure_ = "appends were not answered";
    if (!failure_.empty() || (ends && waiting_ == 0)) return over_.set_value();
    loop_.post_after(0, turn_time, [this] { turn(); });
}

void append_run::note_stall(steady::time_point now) {
    const double held_up = ms_between(turned_ + turn_time, now);
    if (turned_ != begun_) (appending_ ? stalls_ : stalls_alone_).add(std::max(held_up, 0.0));
    turned_ = now;
}

void append_run::append_due(steady::time_point now) {
    const double due = options_.rate * ms_between(begun_, now) / 1000;
    while (waiting_ < options_.inflight && (options_.rate == 0 || double(asked_) < due))
        append();
    append_s_ += std::chrono::duration<double>(steady::now() - now).count();
}

void append_run::append() {
    static const std::string text(100, 'x');
    const auto asked = steady::now();
    app::new_event what{.session_id = "s" + std::to_string(asked_ % options_.sessions),
                        .type = "said",
                        .data = socketio::object{{"n", asked_}, {"text", text}},
                        .user_id = "user-" + std::to_string(asked_ % 10)};
    ++asked_;
    most_waiting_ = std::max(most_waiting_, ++waiting_);
    log_.append(std::move(what)).then([this, asked](socketio::outcome<app::logged_event> done) {
        take(asked, done);
    });
}

void append_run::take(steady::time_point asked, const socketio::outcome<app::logged_event>& done) {
    --waiting_;
    if (!done) failure_ = done.error;
    answers_.add(ms_between(asked, steady::now()));
}

} // namespace sockeye::bench
