#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace sockeye::socketio {

// The other servers of a cluster, as they are heard of.
class peers {
public:
    using time_point = std::chrono::steady_clock::time_point;

    explicit peers(std::chrono::milliseconds timeout) : timeout_(timeout) {}

    void heard(const std::string& uid, time_point now) { last_heard_[uid] = now; }
    // False: it was not known.
    bool remove(const std::string& uid) { return last_heard_.erase(uid) > 0; }
    // Forgets those that have been silent for longer than the time-out, and says which.
    std::vector<std::string> expire(time_point now);

    [[nodiscard]] bool has(const std::string& uid) const { return last_heard_.contains(uid); }
    [[nodiscard]] std::size_t size() const { return last_heard_.size(); }
    [[nodiscard]] std::vector<std::string> uids() const;

private:
    const std::chrono::milliseconds timeout_;
    std::map<std::string, time_point> last_heard_;
};

} // namespace sockeye::socketio
