#pragma once

#include <array>
#include <cstddef>

namespace sockeye::engineio {

// Bytes of the system's generator, fetched in bulk. For one thread.
class random_bytes {
public:
    // Throws std::system_error where the system has no generator.
    std::array<unsigned char, 16> next();

private:
    std::array<unsigned char, 1024> buffer_;
    std::size_t used_ = sizeof buffer_;
};

} // namespace sockeye::engineio
