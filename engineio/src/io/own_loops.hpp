#pragma once

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <memory>
#include <vector>

namespace sockeye::engineio {

// The event loops of a server with threads of its own.
//
// What still waits on one of them at the end may be the last that owns something of another's, such
// as a connection to a Redis: all of it is let go before any loop ends.
class own_loops {
public:
    own_loops() = default;
    own_loops(const own_loops&) = delete;
    own_loops& operator=(const own_loops&) = delete;
    ~own_loops() {
        for (const auto& one : all_)
            one->let_go();
    }

    boost::asio::io_context& add() {
        all_.push_back(std::make_unique<loop>());
        return *all_.back();
    }
    [[nodiscard]] bool empty() const { return all_.empty(); }
    [[nodiscard]] std::size_t size() const { return all_.size(); }
    boost::asio::io_context& operator[](std::size_t index) { return *all_[index]; }

private:
    struct loop final : boost::asio::io_context {
        loop() : io_context(1) {}
        void let_go() { shutdown(); }
    };

    std::vector<std::unique_ptr<loop>> all_;
};

} // namespace sockeye::engineio
