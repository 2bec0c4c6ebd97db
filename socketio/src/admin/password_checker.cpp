#include "admin/password_checker.hpp"

#include <crypt.h>
#include <cstddef>
#include <utility>

namespace sockeye::socketio::admin {
namespace {

// Two seconds' worth: whoever guesses passwords keeps one thread busy, and no memory.
constexpr std::size_t max_waiting = 16;

// crypt takes C strings: what follows a NUL would not be looked at.
bool matches(const std::string& password, const std::string& hash, crypt_data& scratch) {
    if (password.find('\0') != std::string::npos) return false;
    const char* const made = crypt_r(password.c_str(), hash.c_str(), &scratch);
    return made && equal_in_constant_time(made, hash);
}

} // namespace

bool is_bcrypt_hash(std::string_view hash) {
    return hash.size() == 60 && hash[6] == '$' &&
           (hash.starts_with("$2a$") || hash.starts_with("$2b$") || hash.starts_with("$2y$"));
}

bool equal_in_constant_time(std::string_view one, std::string_view other) {
    if (one.size() != other.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < one.size(); ++i)
        difference |= static_cast<unsigned char>(one[i]) ^ static_cast<unsigned char>(other[i]);
    return difference == 0;
}

password_checker::password_checker(std::string hash)
    : hash_(std::move(hash)), thread_([this] { work(); }) {}

void password_checker::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_one();
    if (thread_.joinable()) thread_.join();
}

bool password_checker::check(std::string password, std::function<void(bool)> then) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || waiting_.size() >= max_waiting) return false;
        waiting_.push_back({std::move(password), std::move(then)});
    }
    changed_.notify_one();
    return true;
}

void password_checker::work() {
    const auto scratch = std::make_unique<crypt_data>(); // 32 KiB
    for (;;) {
        attempt next;
        {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
            if (stopping_) return;
            next = std::move(waiting_.front());
            waiting_.pop_front();
        }
        next.then(matches(next.password, hash_, *scratch));
    }
}

} // namespace sockeye::socketio::admin
