#include "sessions/session_steps.hpp"

#include "sessions/session_event.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sockeye::app::session_steps {

namespace {

constexpr std::string_view host_node = "hostNodeId";
constexpr std::string_view source_lang = "sourceLang";
constexpr std::string_view created_at = "createdAt";
constexpr std::string_view status = "status";
constexpr std::string_view code = "code";
constexpr std::string_view host_user = "hostUser";
constexpr std::string_view last_seq = "seq";
constexpr std::string_view reason_of_end = "endReason";
constexpr std::string_view history = "history";
constexpr std::string_view active = "active";
constexpr std::string_view yes = "true";

void require(transaction& in, const std::string& id, std::string_view field,
             std::string_view text) {
    in.require_field(meta_key(id), std::string(field), std::string(text));
}
void put(transaction& in, const std::string& id, std::string_view field, std::string_view text) {
    in.set_field(meta_key(id), std::string(field), std::string(text));
}

void read_field(session_record& into, const std::string& name, const std::string& text) {
    if (name == host_node)
        into.info.host_node = text;
    else if (name == source_lang)
        into.info.source_lang = text;
    else if (name == created_at)
        into.info.created_at = milliseconds(read_number(text).value_or(0));
    else if (name == status)
        into.info.status = text;
    else if (name == code)
        into.info.code = text;
    else if (name == host_user)
        into.host_user = text;
    else if (name == last_seq)
        into.seq = read_number(text);
    else if (name == history)
        into.info.history = text == yes;
    else if (name == reason_of_end)
        into.end_reason = text;
    else
        into.info.more[name] = text;
}

} // namespace

std::string code_key(const std::string& join_code) {
    return "session:code:" + join_code;
}
std::string meta_key(const std::string& id) {
    return "session:meta:" + id;
}
std::string heartbeat_key(const std::string& id) {
    return "session:host:" + id + ":heartbeat";
}
std::string channel_of(const std::string& id) {
    return "channel:session:" + id;
}
std::string events_key(const std::string& id) {
    return "session:events:" + id;
}

bool is_reserved(std::string_view field) {
    constexpr std::array all{host_node, source_lang, created_at,    status, code,
                             host_user, last_seq,    reason_of_end, history};
    return std::ranges::find(all, field) != all.end();
}

transaction create(const session_record& made, const session_options& options) {
    const auto& [id, join_code, node, lang, since, state, more, logged, local] = made.info;
    transaction all;
    all.require_absent(code_key(join_code)).set(code_key(join_code), id, options.life);
    for (const auto& [name, text] : more)
        put(all, id, name, text);
    put(all, id, host_node, node);
    put(all, id, source_lang, lang);
    put(all, id, created_at, std::to_string(since.count()));
    put(all, id, status, active);
    put(all, id, code, join_code);
    put(all, id, host_user, made.host_user);
    put(all, id, last_seq, "0");
    if (logged) put(all, id, history, yes);
    all.expire(meta_key(id), options.life).set(heartbeat_key(id), "1", options.heartbeat_life);
    return all;
}

transaction move(const session_record& from, const std::string& node,
                 const session_options& options) {
    const std::string& id = from.info.id;
    transaction all = beat(from.info, options);
    put(all, id, host_node, node);
    return all;
}

transaction beat(const session_info& session, const session_options& options) {
    transaction all;
    require(all, session.id, status, active);
    require(all, session.id, host_node, session.host_node);
    all.set(heartbeat_key(session.id), "1", options.heartbeat_life);
    return all;
}

void look(transaction& in, const std::string& id) {
    in.get_fields(meta_key(id)).exists(heartbeat_key(id));
}

std::optional<session_record> read_look(std::string id, const store_reply* replies) {
    const auto& items = replies[0].items;
    if (items.empty()) return std::nullopt;
    session_record read;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        read_field(read, items[i], items[i + 1]);
    read.info.id = std::move(id);
    read.beating = replies[1].number == 1;
    return read;
}

void require_last(transaction& in, const session_info& session, std::uint64_t seq) {
    require(in, session.id, status, active);
    require(in, session.id, host_node, session.host_node);
    require(in, session.id, last_seq, std::to_string(seq));
}

void append(transaction& in, const std::string& id, const written_event& event,
            const session_options& options) {
    const std::string seq = std::to_string(event.seq);
    put(in, id, last_seq, seq);
    in.set_field(events_key(id), seq, event.text)
        .expire(events_key(id), options.life)
        .publish(channel_of(id), event.text);
}

void end(transaction& in, const std::string& id, const std::string& reason,
         const session_options& options) {
    put(in, id, status, "ended");
    put(in, id, reason_of_end, reason);
    in.erase(heartbeat_key(id)).expire(events_key(id), options.kept_after_end);
}

transaction declare_lost(const session_record& looked, milliseconds now,
                         const session_options& options) {
    const std::string& id = looked.info.id;
    const std::string reason = "host lost";
    const std::uint64_t seq = looked.seq ? *looked.seq + 1 : 0;
    const std::string text = write_event(end_event(id, seq, reason, now));
    transaction all;
    all.require_absent(heartbeat_key(id));
    if (looked.seq)
        require_last(all, looked.info, *looked.seq);
    else
        require(all, id, status, active);
    if (looked.seq)
        append(all, id, {seq, text}, options);
    else
        all.publish(channel_of(id), text);
    end(all, id, reason, options);
    return all;
}

transaction read_events(const std::string& id, std::uint64_t first, std::size_t count) {
    transaction all;
    for (std::size_t i = 0; i < count; ++i)
        all.get_field(events_key(id), std::to_string(first + i));
    return all;
}

std::map<std::uint64_t, std::size_t> read_sizes(const store_reply& events) {
    std::map<std::uint64_t, std::size_t> sizes;
    for (std::size_t i = 0; i + 1 < events.items.size(); i += 2)
        if (const auto seq = read_number(events.items[i])) sizes[*seq] = events.items[i + 1].size();
    return sizes;
}

std::optional<std::uint64_t> read_number(const std::string& text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return std::nullopt;
    return number;
}

} // namespace sockeye::app::session_steps
