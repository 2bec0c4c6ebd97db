#pragma once

#include <cstdint>
#include <string_view>

namespace sockeye::socketio {

// The bytes of a fuzzer's input, each of which tells what happens next.
class script {
public:
    explicit script(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] bool empty() const { return rest_.empty(); }
    [[nodiscard]] std::uint8_t next() const {
        return empty() ? std::uint8_t{0} : static_cast<std::uint8_t>(rest_.front());
    }
    std::uint8_t take() {
        const std::uint8_t byte = next();
        if (!empty()) rest_.remove_prefix(1);
        return byte;
    }
    // The next byte is for whoever is being called.
    [[nodiscard]] bool comes_back() const { return (next() & 0x80) != 0; }

private:
    std::string_view rest_;
};

} // namespace sockeye::socketio
