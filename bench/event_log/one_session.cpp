#include "one_session.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>

namespace sockeye::bench {
namespace {

const std::string session = "shared";

// Answers that come on the log's thread, awaited on this one.
class answers {
public:
    void await_fewer_than(std::uint64_t most) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ < most; });
        ++waiting_;
    }
    void take(const std::string& error) {
        const std::lock_guard lock(mutex_);
        --waiting_;
        if (!error.empty()) failure_ = error;
        changed_.notify_one();
    }
    std::string await_all() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return waiting_ == 0; });
        return failure_;
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t waiting_ = 0;
    std::string failure_;
};

std::vector<app::logged_event> read_page(app::event_log& log, std::uint64_t after) {
    std::optional<socketio::outcome<std::vector<app::logged_event>>> page;
    answers answered;
    answered.await_fewer_than(1);
    log.events(session, after).then([&](auto done) {
        page = std::move(done);
        answered.take("");
    });
    answered.await_all();
    if (!*page) throw std::runtime_error(page->error);
    return std::move(page->result);
}

} // namespace

std::string fill_session(app::event_log& log, const log_options& o, report& r) {
    const auto begun = std::chrono::steady_clock::now();
    answers answered;
    for (std::uint64_t n = 0; n < o.count; ++n) {
        answered.await_fewer_than(o.inflight);
        log.append({.session_id = session, .type = o.label, .data = n})
            .then([&answered](auto done) { answered.take(done.error); });
    }
    const std::string failure = answered.await_all();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
    r.add("appends_per_second", double(o.count) / took.count());
    return failure;
}

std::string check_session(app::event_log& log, const log_options& o, report& r) {
    std::uint64_t last = 0;
    std::set<std::pair<std::string, std::string>> seen;
    for (auto page = read_page(log, 0); !page.empty(); page = read_page(log, last))
        for (const app::logged_event& event : page) {
            if (event.sequence_number != ++last)
                return "event " + std::to_string(last) + " is missing";
            if (!seen.emplace(event.type, app::to_json_line({.data = event.data})).second)
                return "event " + std::to_string(last) + " is there twice";
        }
    r.add("events", double(last));
    return last == o.count ? "" : std::to_string(last) + " events are there";
}

} // namespace sockeye::bench
