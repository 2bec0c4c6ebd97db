#pragma once

#include "codec/envelope.hpp"

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

namespace sockeye::adapter_redis {

/// What was added to a stream and is about to be read there: an entry of the same text says the
/// same, whoever added it, and need not be decoded. What is not remembered is decoded, no more.
/// From any thread.
class sent_entries {
public:
    static constexpr std::size_t max_entries = 256;
    static constexpr std::size_t max_text = 4096;

    void put(const stream_fields& text, envelope said);
    [[nodiscard]] std::optional<envelope> take(const stream_fields& text);

private:
    std::mutex mutex_;
    std::unordered_map<std::string, envelope> by_data_;
};

} // namespace sockeye::adapter_redis
