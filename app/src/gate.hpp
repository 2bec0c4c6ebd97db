#pragma once

#include <sockeye/app/context.hpp>

#include <exception>
#include <mutex>
#include <vector>

namespace sockeye::app {

/// Closed until something has happened, or has failed: from then on, open.
class gate {
public:
    explicit gate(engineio::shards& shards) : shards_(shards) {}

    /// With an error, which whoever wants to pass gets. The first call counts.
    void open(std::exception_ptr error = {});
    task<> pass();
    [[nodiscard]] bool is_open() const;

private:
    engineio::shards& shards_;
    mutable std::mutex mutex_;
    bool open_ = false;
    std::exception_ptr error_;
    std::vector<socketio::resolver<bool>> waiting_;
};

} // namespace sockeye::app
