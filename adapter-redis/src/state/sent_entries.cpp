#include "state/sent_entries.hpp"

#include <utility>

namespace sockeye::adapter_redis {

namespace {

bool is_field(const stream_fields& of, std::string_view name, std::string_view expected) {
    const std::string* const found = find_field(of, name);
    return found != nullptr && *found == expected;
}

} // namespace

void sent_entries::put(const stream_fields& text, envelope said) {
    const std::string* const data = find_field(text, "data");
    if (data == nullptr || data->size() > max_text) return;
    std::unordered_map<std::string, envelope> unread; // ends behind the lock
    const std::lock_guard lock(mutex_);
    if (by_data_.size() >= max_entries) unread.swap(by_data_);
    by_data_.insert_or_assign(*data, std::move(said));
}

std::optional<envelope> sent_entries::take(const stream_fields& text) {
    const std::string* const data = find_field(text, "data");
    if (data == nullptr) return std::nullopt;
    const std::lock_guard lock(mutex_);
    const auto found = by_data_.find(*data);
    if (found == by_data_.end()) return std::nullopt;
    const envelope& said = found->second;
    if (!is_field(text, "uid", said.uid) || !is_field(text, "nsp", said.nsp) ||
        !is_field(text, "type", std::to_string(said.type)))
        return std::nullopt;
    envelope taken = std::move(found->second);
    by_data_.erase(found);
    return taken;
}

} // namespace sockeye::adapter_redis
