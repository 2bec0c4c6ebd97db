#include "count_first.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace sockeye::socketio {
namespace {

struct relay {
    explicit relay(answer_sink sink) : to(std::move(sink)) {}

    // What is handed on under the lock stays in order.
    void asked(std::size_t clients) {
        const std::lock_guard lock(mutex);
        to.asked(clients);
        counted = true;
        for (value& answer : early)
            to.answered(std::move(answer));
        early.clear();
    }
    void answered(value answer) {
        const std::lock_guard lock(mutex);
        if (counted)
            to.answered(std::move(answer));
        else
            early.push_back(std::move(answer));
    }

    const answer_sink to;
    std::mutex mutex;
    bool counted = false;
    array early;
};

} // namespace

answer_sink count_first(answer_sink to) {
    const auto between = std::make_shared<relay>(std::move(to));
    return {[between](std::size_t clients) { between->asked(clients); },
            [between](value answer) { between->answered(std::move(answer)); }};
}

} // namespace sockeye::socketio
