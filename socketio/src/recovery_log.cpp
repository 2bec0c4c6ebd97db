#include "recovery_log.hpp"

#include "codec/msgpack.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <algorithm>
#include <charconv>
#include <unordered_set>
#include <utility>

namespace sockeye::socketio {

namespace {

// Of memory: the event is kept as it was said, and as it is written.
std::size_t cost_of(const prepared_event& event) {
    return recovery_log::event_overhead + 2 * event.bytes();
}

std::size_t bytes_of(const saved_session& session) {
    std::string data;
    append_msgpack(data, session.data);
    std::size_t bytes = data.size();
    for (const std::string& room : session.rooms)
        bytes += sizeof room + room.size();
    return bytes;
}

} // namespace

recovery_log::recovery_log(local_namespace& local, const recovery_options& options)
    : local_(local), options_(options), origin_(engineio::random_id().substr(0, 6) + '.'),
      delivered_(local.shards().size()), delivering_(local.shards().size()) {}

// ---- events

std::string recovery_log::offset_of(std::uint64_t number) const {
    char digits[16];
    const auto written = std::to_chars(digits, digits + sizeof digits, number, 36);
    return origin_ + std::string(digits, written.ptr);
}

std::optional<std::uint64_t> recovery_log::number_of(std::string_view offset) const {
    if (!offset.starts_with(origin_)) return std::nullopt;
    offset.remove_prefix(origin_.size());
    std::uint64_t number = 0;
    const char* const end = offset.data() + offset.size();
    const auto [stop, error] = std::from_chars(offset.data(), end, number, 36);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

void recovery_log::append(array event, selection to, const emit_flags& flags) {
    {
        const std::lock_guard lock(mutex_);
        const clock::time_point now = clock::now();
        auto prepared = local_.prepare(std::move(event), std::move(to), flags, offset_of(end()));
        bytes_ += cost_of(*prepared);
        log_.push_back({std::move(prepared), now});
        drop_old_events(now);
    }
    engineio::shards& shards = local_.shards();
    const unsigned here = shards.current();
    for (unsigned shard = 0; shard < shards.size(); ++shard)
        if (shard != here)
            shards.post(shard, [self = shared_from_this(), shard] { self->catch_up(shard); });
    if (here != engineio::shards::none) catch_up(here);
}

// A delivery may end a slow reader, whose handlers may send: that is delivered by the same loop.
void recovery_log::catch_up(unsigned shard) {
    if (delivering_[shard]) return;
    delivering_[shard] = 1;
    while (const prepared_event_ptr event = next_for(shard))
        local_.deliver_here(*event);
    delivering_[shard] = 0;
}

prepared_event_ptr recovery_log::next_for(unsigned shard) {
    const std::lock_guard lock(mutex_);
    if (delivered_[shard] == end()) return nullptr;
    return log_[delivered_[shard]++ - first_].event;
}

// What some shard has not delivered yet stays, whatever the bounds.
void recovery_log::drop_old_events(clock::time_point now) {
    const std::uint64_t needed = *std::min_element(delivered_.begin(), delivered_.end());
    while (first_ < needed && (bytes_ > options_.max_event_bytes ||
                               now - log_.front().at > options_.max_disconnection_duration)) {
        bytes_ -= cost_of(*log_.front().event);
        log_.pop_front();
        ++first_;
    }
}

// ---- sessions

void recovery_log::save(saved_session session) {
    const std::size_t bytes = bytes_of(session);
    const std::lock_guard lock(mutex_);
    const clock::time_point now = clock::now();
    const std::string private_id = session.private_id;
    if (const auto former = sessions_.find(private_id); former != sessions_.end()) take(former);
    savings_.push_back({private_id, next_saving_, now});
    sessions_[private_id] = {std::move(session), next_saving_++, bytes};
    session_bytes_ += bytes;
    drop_old_sessions(now);
}

void recovery_log::drop_old_sessions(clock::time_point now) {
    const auto is_one_too_many = [this, now] {
        return savings_.size() > options_.max_sessions ||
               session_bytes_ > options_.max_session_bytes ||
               now - savings_.front().at > options_.max_disconnection_duration;
    };
    while (!savings_.empty() && is_one_too_many()) {
        const auto found = sessions_.find(savings_.front().private_id);
        if (found != sessions_.end() && found->second.number == savings_.front().number)
            take(found);
        savings_.pop_front();
    }
}

saved_session recovery_log::take(kept_sessions::iterator which) {
    session_bytes_ -= which->second.bytes;
    saved_session session = std::move(which->second.session);
    sessions_.erase(which);
    return session;
}

restored_session recovery_log::restore(const std::string& private_id, std::string_view offset) {
    const unsigned here = local_.shards().current();
    catch_up(here);
    const std::lock_guard lock(mutex_);
    const clock::time_point now = clock::now();
    drop_old_sessions(now);
    drop_old_events(now);
    const auto found = sessions_.find(private_id);
    if (found == sessions_.end()) return {};
    saved_session session = take(found);
    const auto last_had = number_of(offset);
    const std::uint64_t delivered = delivered_[here];
    if (!last_had || *last_had < first_ || *last_had >= delivered)
        return {recovery_outcome::events_forgotten};
    // What others have appended since the catching up is still to be delivered here, to this client
    // too.
    auto found_events = missed(session.rooms, *last_had + 1, delivered);
    if (!found_events) return {recovery_outcome::events_forgotten};
    return {recovery_outcome::recovered, std::move(session), *std::move(found_events)};
}

// Nothing if that is more than one client is given.
std::optional<recovery_log::events> recovery_log::missed(const std::vector<std::string>& rooms,
                                                         std::uint64_t since,
                                                         std::uint64_t until) const {
    const std::unordered_set<std::string_view> in(rooms.begin(), rooms.end());
    events found;
    std::size_t bytes = 0;
    for (std::uint64_t number = since; number < until; ++number) {
        const prepared_event_ptr& event = log_[number - first_].event;
        if (!includes(event->to(), in)) continue;
        bytes += event->bytes();
        if (bytes > options_.max_missed_bytes) return std::nullopt;
        found.push_back(event);
    }
    return found;
}

void recovery_log::sweep_regularly() {
    constexpr std::chrono::seconds interval(60);
    local_.shards().post_after(0, interval, [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        {
            const std::lock_guard lock(self->mutex_);
            self->drop_old_events(clock::now());
            self->drop_old_sessions(clock::now());
        }
        self->sweep_regularly();
    });
}

} // namespace sockeye::socketio
