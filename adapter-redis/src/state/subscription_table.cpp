#include "state/subscription_table.hpp"

#include "codec/resp.hpp"

#include <array>
#include <optional>

namespace sockeye::adapter_redis {

namespace {

/// The words of Redis for a kind of channel.
struct vocabulary {
    channel_kind kind;
    std::string_view subscribe, unsubscribe;     // commands
    std::string_view subscribed, ended, message; // the first words of what is pushed
};

// In the order of the kinds.
constexpr std::array<vocabulary, 3> vocabularies{{
    {channel_kind::plain, "SUBSCRIBE", "UNSUBSCRIBE", "subscribe", "unsubscribe", "message"},
    {channel_kind::pattern, "PSUBSCRIBE", "PUNSUBSCRIBE", "psubscribe", "punsubscribe", "pmessage"},
    {channel_kind::sharded, "SSUBSCRIBE", "SUNSUBSCRIBE", "ssubscribe", "sunsubscribe", "smessage"},
}};

const vocabulary& words_of(channel_kind kind) {
    return vocabularies[static_cast<std::size_t>(kind)];
}

std::string command(std::string_view verb, std::string_view name) {
    std::string out;
    append_command(out, {verb, name});
    return out;
}

/// In a cluster: the channel is another server's, nobody's for the moment, or on its way.
bool time_heals(std::string_view error) {
    return error.starts_with("MOVED ") || error.starts_with("CLUSTERDOWN ") ||
           error.starts_with("TRYAGAIN ");
}

} // namespace

std::string subscription_table::add(id which, channel_kind kind, std::string_view name,
                                    pubsub::message_handler handler, std::function<void()> ready) {
    const key place(kind, name);
    subscribed& entry = names_[place];
    if (entry.confirmed && ready) std::exchange(ready, {})();
    entry.listeners.push_back({which, std::move(handler), std::move(ready)});
    keys_.emplace(which, place);
    return entry.listeners.size() == 1 ? command(words_of(kind).subscribe, name) : std::string();
}

std::string subscription_table::remove(id which) {
    const auto found = keys_.find(which);
    if (found == keys_.end()) return {};
    const key place = std::move(found->second);
    keys_.erase(found);
    auto& listeners = names_.at(place).listeners;
    std::erase_if(listeners, [which](const listener& one) { return one.which == which; });
    if (!listeners.empty()) return {};
    names_.erase(place);
    return command(words_of(place.first).unsubscribe, place.second);
}

std::string subscription_table::restore() {
    std::string commands;
    for (auto& [place, entry] : names_) {
        entry.confirmed = false;
        append_command(commands, {words_of(place.first).subscribe, place.second});
    }
    return commands;
}

std::string_view subscription_table::on_push(const reply& pushed) {
    if (pushed.is_error()) {
        if (!time_heals(pushed.text)) return pushed.text;
        lacking_ = true;
        return {};
    }
    if (pushed.kind != reply_kind::array || pushed.items.size() < 3) return {}; // a pong
    const auto& items = pushed.items;
    for (const vocabulary& words : vocabularies) {
        if (items[0].text == words.subscribed) {
            confirm(words.kind, items[1].text);
        } else if (items[0].text == words.ended) {
            end(words.kind, items[1].text);
        } else if (items[0].text == words.message) { // a pattern comes with the channel's name
            deliver(words.kind, items[1].text, items[items.size() - 2].text, items.back().text);
        }
    }
    return {};
}

void subscription_table::confirm(channel_kind kind, const std::string& name) {
    const auto found = names_.find({kind, name});
    if (found == names_.end()) return; // ended meanwhile
    found->second.confirmed = true;
    for (listener& one : found->second.listeners) {
        if (one.ready) std::exchange(one.ready, {})();
    }
}

/// By our own wish, or because a cluster gives the channel to another server.
void subscription_table::end(channel_kind kind, const std::string& name) {
    const auto found = names_.find({kind, name});
    if (found == names_.end()) return;
    found->second.confirmed = false;
    lacking_ = true;
}

std::string subscription_table::repeat() {
    std::string commands;
    lacking_ = false;
    for (const auto& [place, entry] : names_)
        if (!entry.confirmed)
            append_command(commands, {words_of(place.first).subscribe, place.second});
    return commands;
}

void subscription_table::deliver(channel_kind kind, const std::string& name,
                                 const std::string& channel, const std::string& payload) const {
    const auto found = names_.find({kind, name});
    if (found == names_.end()) return;
    for (const listener& one : found->second.listeners) {
        one.handler(channel, payload);
    }
}

} // namespace sockeye::adapter_redis
