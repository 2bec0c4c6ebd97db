#include <sockeye/socketio/admin_ui.hpp>

#include <algorithm>
#include <chrono>
#include <deque>
#include <mutex>
#include <utility>

namespace sockeye::socketio {
namespace {

class memory_store final : public admin_session_store {
    using clock = std::chrono::steady_clock;

public:
    memory_store(std::size_t max_sessions, std::chrono::seconds lifetime)
        : max_sessions_(max_sessions), lifetime_(lifetime) {}

    void save(const std::string& session_id) override {
        const std::lock_guard lock(mutex_);
        sessions_.push_back({session_id, clock::now() + lifetime_});
        while (sessions_.size() > max_sessions_)
            sessions_.pop_front();
    }

    void find(const std::string& session_id, std::function<void(bool)> answer) override {
        answer(is_known(session_id));
    }

private:
    struct session {
        std::string id;
        clock::time_point end;
    };

    bool is_known(const std::string& id) {
        const std::lock_guard lock(mutex_);
        const auto now = clock::now();
        while (!sessions_.empty() && sessions_.front().end <= now)
            sessions_.pop_front();
        return std::ranges::any_of(sessions_, [&](const session& s) { return s.id == id; });
    }

    const std::size_t max_sessions_;
    const std::chrono::seconds lifetime_;
    std::mutex mutex_;
    std::deque<session> sessions_; // the oldest first
};

} // namespace

std::shared_ptr<admin_session_store> memory_session_store(std::size_t max_sessions,
                                                          std::chrono::seconds lifetime) {
    return std::make_shared<memory_store>(max_sessions, lifetime);
}

} // namespace sockeye::socketio
