#include "waiting_line.hpp"

#include <deque>
#include <mutex>
#include <optional>

namespace sockeye::app {

struct waiting_line::turn::state {
    std::mutex mutex;
    bool taken = false;
    std::deque<socketio::resolver<bool>> waiting;

    void give_away() {
        std::optional<socketio::resolver<bool>> next; // called without the lock
        {
            const std::lock_guard lock(mutex);
            taken = !waiting.empty();
            if (!taken) return;
            next = std::move(waiting.front());
            waiting.pop_front();
        }
        next->resolve(true);
    }
};

waiting_line::waiting_line(engineio::shards& shards, std::size_t max_waiting)
    : shards_(shards), max_waiting_(max_waiting), state_(std::make_shared<turn::state>()) {}

waiting_line::turn::~turn() {
    if (of_) of_->give_away();
}

task<waiting_line::turn> waiting_line::enter() {
    const auto state = state_;
    std::optional<pending<bool>> mine;
    {
        const std::lock_guard lock(state->mutex);
        if (state->waiting.size() >= max_waiting_)
            throw service_error("UNAVAILABLE", "too much waits for its turn in this session");
        if (std::exchange(state->taken, true)) {
            const socketio::resolver<bool> called(shards_);
            state->waiting.push_back(called);
            mine = called.answer();
        }
    }
    if (mine) co_await *mine;
    co_return turn(state);
}

} // namespace sockeye::app
