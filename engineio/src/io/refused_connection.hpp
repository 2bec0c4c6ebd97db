#pragma once

#include "io/connection.hpp"

#include <memory>
#include <string>

namespace sockeye::engineio {

// Tells a client that there is no room, and when to come again, without reading what it wants.
class refused_connection final : public connection_driver {
public:
    refused_connection(unsigned status, std::shared_ptr<void> slot)
        : status_(status), slot_(std::move(slot)) {}

private:
    void on_started(connection& link) override;
    void on_input(std::span<char>) override {}
    void on_lost() override {}

    unsigned status_;
    std::shared_ptr<void> slot_; // given back at the end
};

} // namespace sockeye::engineio
