#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace sockeye::socketio::admin {

[[nodiscard]] bool is_bcrypt_hash(std::string_view hash);

// Takes a time that says nothing about where two texts of equal length differ.
[[nodiscard]] bool equal_in_constant_time(std::string_view one, std::string_view other);

// Compares passwords with a bcrypt hash, on a thread of its own: one takes 100 ms by design, and
// would hold up all clients of a shard.
class password_checker {
public:
    explicit password_checker(std::string hash);

    ~password_checker() { stop(); }

    // Calls `then` on that thread. False: too many wait already, and it will not.
    bool check(std::string password, std::function<void(bool right)> then);
    void stop(); // waits for the one that is being compared; no `then` is called after it

private:
    struct attempt {
        std::string password;
        std::function<void(bool)> then;
    };
    void work();

    const std::string hash_;
    std::mutex mutex_; // of what follows
    std::deque<attempt> waiting_;
    bool stopping_ = false;
    std::condition_variable changed_;
    std::thread thread_; // uses what is above
};

} // namespace sockeye::socketio::admin
