#include "background.hpp"

#include <mutex>
#include <utility>

namespace sockeye::app {

class background::failure_log {
public:
    failure_log(const context& on, std::string service)
        : now_(on.now), log_(on.log), service_(std::move(service)) {}

    void add(const std::string& what) {
        constexpr seconds quiet(30);
        {
            const milliseconds now = now_();
            const std::lock_guard lock(mutex_);
            if (what == last_ && now < last_at_ + quiet) return;
            last_ = what;
            last_at_ = now;
        }
        log_(engineio::log_level::warning, service_ + ": " + what);
    }

private:
    const std::function<milliseconds()> now_;
    const std::function<void(engineio::log_level, std::string_view)> log_;
    const std::string service_;
    std::mutex mutex_;
    std::string last_;
    milliseconds last_at_{};
};

background::background(const context& on, std::string service)
    : shards_(on.shards), failures_(std::make_shared<failure_log>(on, std::move(service))) {}

void background::run(task<> work) const {
    // Not this: the owner may end before the work does.
    socketio::start(std::move(work), [failures = failures_](std::exception_ptr error) {
        try {
            std::rethrow_exception(std::move(error));
        } catch (const std::exception& what) {
            failures->add(what.what());
        }
    });
}

void background::later(const std::weak_ptr<const void>& owner, milliseconds delay,
                       std::function<task<>()> work) const {
    shards_.post_after(0, delay, [this, owner, work = std::move(work)] {
        const auto alive = owner.lock(); // and with it, this
        if (alive && !retired_) run(work());
    });
}

} // namespace sockeye::app
