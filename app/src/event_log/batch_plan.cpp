#include "event_log/batch_plan.hpp"

#include <algorithm>

namespace sockeye::app {

void batch_plan::add(any_row& one) {
    std::visit([this](auto& of_a_kind) { add_row(of_a_kind); }, one);
}

batch_plan::session_part& batch_plan::touch(const std::string& session_id, milliseconds at) {
    session_part& part = sessions[session_id];
    part.last_activity = std::max(part.last_activity, at);
    return part;
}

void batch_plan::add_row(event_row& one) {
    touch(one.session_id, one.timestamp).events.push_back(&one);
}

void batch_plan::add_row(session_row& one) {
    touch(one.session_id, one.timestamp).metadata = &one.metadata;
}

void batch_plan::add_row(usage_row& one) {
    usage_part& part = usage[{one.user_id, one.month, one.counter}];
    part.amount += one.amount;
    part.rows.push_back(&one);
}

void batch_plan::session_part::number_after(std::uint64_t last) const {
    for (event_row* event : events)
        event->sequence_number = ++last;
}

void batch_plan::usage_part::end_at(std::int64_t total) const {
    total -= amount;
    for (usage_row* row : rows)
        row->total = total += row->amount;
}

} // namespace sockeye::app
