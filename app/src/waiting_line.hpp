#pragma once

#include <sockeye/app/context.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace sockeye::app {

/// One at a time, in the order in which they came.
class waiting_line {
public:
    waiting_line(engineio::shards& shards, std::size_t max_waiting);

    /// Until it ends, it is its holder's turn.
    class turn {
    public:
        turn(turn&& other) noexcept = default;
        turn& operator=(turn&&) = delete;
        ~turn();

    private:
        friend class waiting_line;
        struct state;
        explicit turn(std::shared_ptr<state> of) : of_(std::move(of)) {}
        std::shared_ptr<state> of_;
    };
    /// Throws service_error where too many wait already.
    task<turn> enter();

private:
    engineio::shards& shards_;
    const std::size_t max_waiting_;
    const std::shared_ptr<turn::state> state_;
};

} // namespace sockeye::app
