#pragma once

#include "transitions/case_record.hpp"

#include <sockeye/app/transitions.hpp>

#include <atomic>
#include <mutex>

namespace sockeye::app {

/// Every coroutine keeps it alive by itself, since the store may still answer when the service has
/// ended.
class transitions::core : public std::enable_shared_from_this<core> {
public:
    core(const context& on, std::vector<state_machine> known, listener told,
         const transition_options& options);

    task<case_state> create(std::string id, std::string machine,
                            std::map<std::string, std::string> parties);
    task<case_state> get(std::string id);
    task<case_state> move(std::string id, std::string move, std::string user);
    void listen(std::function<void()> ready);
    void stop_listening();
    void check_regularly();

    const std::vector<state_machine> machines;
    action before_each;

private:
    /// A move that is wanted.
    struct wanted_move {
        std::string id;
        std::string move;
        std::string user = {};                     // empty: a time-out,
        std::optional<std::uint64_t> only_at = {}; // which is only meant for what it waited on
    };

    /// Tells, until it is closed: a store may still call its handlers when it has been told to
    /// stop.
    struct news_gate {
        std::mutex mutex;
        transitions::listener told;

        void tell(const case_transition& news) {
            const std::lock_guard lock(mutex);
            if (told) told(news);
        }
        void close() {
            const std::lock_guard lock(mutex);
            told = nullptr;
        }
    };

    /// What a lock was taken on, and by which fencing number its holder may write.
    struct holding {
        std::string key;
        std::string token;
        std::string fence;
        case_state state;
    };

    /// Time-outs that are fired side by side.
    struct due_lot {
        explicit due_lot(engineio::shards& shards) : over(shards) {}

        std::vector<std::string> due;
        std::atomic<std::size_t> next = 0;
        std::atomic<std::size_t> lanes = 0;
        std::atomic<std::size_t> fired = 0;
        const socketio::resolver<std::size_t> over; // with how many were
    };

    const state_machine& machine_of(const std::string& name) const;
    task<std::optional<holding>> take_lock(std::string id, std::string move);
    task<> release(holding held);
    task<case_state> transit(holding held, wanted_move wanted);
    task<std::optional<case_state>> try_move(wanted_move wanted);
    task<> wait(milliseconds time);

    // Time-outs.
    bool may_fire();
    task<> fire_due();
    task<std::size_t> fire_all(std::vector<std::string> due);
    task<> fire_in_turn(std::shared_ptr<due_lot> lot);
    task<bool> fire(std::string text);
    void log(const std::exception_ptr& error);

    const context on_;
    const std::shared_ptr<news_gate> gate_ = std::make_shared<news_gate>();
    const transition_options options_;
    const case_keys keys_;
    std::optional<store::subscription_id> subscription_;
    std::atomic<bool> firing_ = false;
    milliseconds stuck_at_{}; // for check_regularly alone
};

} // namespace sockeye::app
