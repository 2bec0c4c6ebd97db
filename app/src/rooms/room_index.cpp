#include "rooms/room_index.hpp"

namespace sockeye::app {

namespace {

const std::string index_key = "rooms:index";

} // namespace

std::string room_key(const std::string& room) {
    return "room:" + room;
}

void room_index::note(transaction& in, const std::string& room) const {
    in.add_scored(index_key, room, (on_.now() + life_).count());
}

// A room that others have written since lives longer than is known here, and is looked at again.
task<> room_index::forget_ended(std::size_t limit) {
    transaction ended;
    ended.scored_up_to(index_key, on_.now().count(), limit);
    const auto found = co_await on_.state.commit(std::move(ended));
    if (found.replies[0].items.empty()) co_return;
    transaction forget;
    for (const auto& room : found.replies[0].items) {
        note(forget, room);
        forget.unless_exists(room_key(room)).remove_scored(index_key, room);
    }
    co_await on_.state.commit(std::move(forget));
}

task<std::vector<std::string>> room_index::newest(std::size_t limit) {
    transaction ask;
    ask.highest_scored(index_key, limit);
    auto found = co_await on_.state.commit(std::move(ask));
    co_return std::move(found.replies[0].items);
}

task<std::size_t> room_index::size() {
    auto found = co_await on_.state.commit(transaction().count_scored(index_key));
    co_return static_cast<std::size_t>(found.replies[0].number);
}

} // namespace sockeye::app
