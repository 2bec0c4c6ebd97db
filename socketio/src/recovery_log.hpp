#pragma once

#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/options.hpp>

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::socketio {

// The events of a namespace, in one order for all shards, and the sessions of clients that may come
// back for them. A shard delivers up to the end of the log whenever it is told of more; so what a
// client missed, and what it is going to get on the shard where it comes back, meet without a gap
// and without an overlap.
//
// Locked, where other deliveries are not: the price of one order.
class recovery_log : public std::enable_shared_from_this<recovery_log> {
public:
    static constexpr std::size_t event_overhead = 600; // bytes, beside what it says

    recovery_log(local_namespace& local, const recovery_options& options);

    // From any thread; delivered on this shard when the call returns, on others soon.
    void append(array event, selection to, const emit_flags& flags);
    void save(saved_session session);
    // On the thread of the shard where the client comes back. A session can be restored once.
    restored_session restore(const std::string& private_id, std::string_view offset);
    // Forgets what is too old, now and then, also where nothing happens.
    void sweep_regularly();

private:
    using clock = std::chrono::steady_clock;
    using events = std::vector<prepared_event_ptr>;
    struct entry {
        prepared_event_ptr event;
        clock::time_point at;
    };
    struct kept_session {
        saved_session session;
        std::uint64_t number; // tells it from an earlier one of the same id
        std::size_t bytes;
    };
    using kept_sessions = std::unordered_map<std::string, kept_session>; // by private id
    struct saving {
        std::string private_id;
        std::uint64_t number;
        clock::time_point at;
    };

    void catch_up(unsigned shard);
    prepared_event_ptr next_for(unsigned shard);
    [[nodiscard]] std::optional<events> missed(const std::vector<std::string>& rooms,
                                               std::uint64_t since, std::uint64_t until) const;
    [[nodiscard]] std::string offset_of(std::uint64_t number) const;
    [[nodiscard]] std::optional<std::uint64_t> number_of(std::string_view offset) const;
    [[nodiscard]] std::uint64_t end() const { return first_ + log_.size(); }
    void drop_old_events(clock::time_point now);
    void drop_old_sessions(clock::time_point now);
    saved_session take(kept_sessions::iterator which);

    local_namespace& local_;
    const recovery_options options_;
    const std::string origin_; // of the offsets: another process has others

    std::mutex mutex_;
    std::deque<entry> log_;
    std::uint64_t first_ = 0; // number of log_.front()
    std::size_t bytes_ = 0;
    std::vector<std::uint64_t> delivered_; // by each shard: the number that comes next there
    kept_sessions sessions_;
    std::size_t session_bytes_ = 0;
    std::deque<saving> savings_; // in order of time
    std::uint64_t next_saving_ = 0;

    std::vector<char> delivering_; // each of its shard's thread
};

} // namespace sockeye::socketio
