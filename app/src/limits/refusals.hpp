#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace sockeye::app {

/// Who is refused until when: a bounded memory, which forgets whose time ends soonest.
class refusals {
public:
    using milliseconds = std::chrono::milliseconds;

    explicit refusals(std::size_t limit) : limit_(limit) {}

    void add(const std::string& who, milliseconds until, milliseconds now);
    /// None: not refused, as far as is known here.
    [[nodiscard]] std::optional<milliseconds> until(const std::string& who, milliseconds now) const;
    [[nodiscard]] std::size_t size() const { return ends_.size(); }

private:
    void forget_first();

    std::size_t limit_;
    std::unordered_map<std::string, milliseconds> ends_;
    std::set<std::pair<milliseconds, std::string>> order_;
};

} // namespace sockeye::app
