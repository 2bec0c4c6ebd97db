#include "count_first.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace sockeye::socketio {
namespace {

struct relay {
    explicit relay(answer_sink sink) : to(std::move(sink)) {}

    // What is handed on under the lock stays in order.
    void asked(std::size_t clients) {
        const std::lock_guard lock(mutex);
        to.asked(clients);
        counted = true;
        for (auto& answer : early)
            to.answered(std::move(answer));
        early.clear();
    }
    void answered(std::optional<value> answer) {
        const std::lock_guard lock(mutex);
        if (counted)
            to.answered(std::move(answer));
        else
            early.push_back(std::move(answer));
    }

    const answer_sink to;
    std::mutex mutex;
    bool counted = false;
    std::vector<std::optional<value>> early;
};

} // namespace

answer_sink count_first(answer_sink to) {
    const auto between = std::make_shared<relay>(std::move(to));
    return {[between](std::size_t clients) { between->asked(clients); },
            [between](std::optional<value> answer) { between->answered(std::move(answer)); }};
}

} // namespace sockeye::socketio
