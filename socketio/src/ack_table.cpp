#include "ack_table.hpp"

#include <string>
#include <utility>

namespace sockeye::socketio {

void ack_table::add(std::uint64_t id, std::optional<std::chrono::milliseconds> timeout,
                    finish then) {
    auto waits = std::make_unique<entry>(*this, id, std::move(then));
    if (timeout) shards_.set_timer(*waits, *timeout);
    waiting_[id] = std::move(waits);
}

std::unique_ptr<ack_table::entry> ack_table::take(std::uint64_t id) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return nullptr;
    auto taken = std::move(found->second);
    waiting_.erase(found);
    return taken;
}

bool ack_table::answer(std::uint64_t id, array with) {
    const auto waited = take(id);
    if (waited) waited->then({}, std::move(with));
    return waited != nullptr;
}

void ack_table::entry::on_timer(engineio::time_point) {
    const auto self = owner.take(id); // whatever `then` does to the table
    self->then({"operation has timed out"}, {});
}

void ack_table::fail_all(const std::string& why) {
    const auto all = std::exchange(waiting_, {});
    for (const auto& [id, waited] : all)
        waited->then({why}, {});
}

} // namespace sockeye::socketio
