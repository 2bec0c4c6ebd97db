#include "clock/clock_steps.hpp"

#include "codec/json.hpp"
#include "codec/member_reader.hpp"
#include "names.hpp"

#include <charconv>
#include <cmath>

namespace sockeye::app::clock_steps {

using socketio::object;
using socketio::value;

namespace {

constexpr std::string_view start_time = "startTime";
constexpr std::string_view tempo = "tempo";
constexpr std::string_view is_playing = "isPlaying";
constexpr std::string_view position = "position";

// Node writes numbers with a fraction, too.
std::optional<double> read_number(const std::string& text) {
    double number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end || !std::isfinite(number)) return std::nullopt;
    return number;
}

milliseconds to_milliseconds(double number) {
    constexpr double exact = 9007199254740992; // 2^53
    return milliseconds(std::abs(number) < exact ? std::llround(number) : 0);
}

std::string write_number(double number) {
    std::string text;
    socketio::append_json_number(text, number);
    return text;
}

bool is_timing_field(std::string_view name) {
    return name == start_time || name == tempo || name == is_playing || name == position;
}

void read_field(timing& into, const std::string& name, const std::string& text) {
    if (name == is_playing) into.playing = text == "true";
    const auto number = read_number(text);
    if (!number) return;
    if (name == tempo) into.tempo = *number;
    if (name == start_time) into.start_time = to_milliseconds(*number);
    if (name == position) into.position = to_milliseconds(*number);
}

void require_as_read(transaction& in, const stored_timing& from) {
    const std::string key = timing_key(from.session);
    if (!from.exists) in.require_absent(key);
    for (const auto& [name, text] : from.fields)
        in.require_field(key, name, text);
    if (from.owner.empty())
        in.require_absent(owner_key(from.session));
    else
        in.require_equal(owner_key(from.session), from.owner);
}

void say(transaction& in, const std::string& session, const timing& now, const std::string& owner) {
    std::string text;
    socketio::append_json(text, object{{"sessionId", session},
                                       {"isPlaying", now.playing},
                                       {"tempo", now.tempo},
                                       {"startTime", now.start_time.count()},
                                       {"position", now.position.count()},
                                       {"owner", owner}});
    in.publish(changes_channel, std::move(text));
}

void disown(transaction& in, const stored_timing& from) {
    if (from.owner.empty()) return;
    in.erase(owner_key(from.session)).remove_member(owned_key(from.owner), from.session);
}

void write(transaction& in, const std::string& session, const timing& to) {
    const auto put = [&, key = timing_key(session)](std::string_view name, std::string text) {
        in.set_field(key, std::string(name), std::move(text));
    };
    put(start_time, std::to_string(to.start_time.count()));
    put(tempo, write_number(to.tempo));
    put(is_playing, to.playing ? "true" : "false");
    put(position, std::to_string(to.position.count()));
}

} // namespace

bool is_session_id(std::string_view text) {
    return is_name(text) && text.find(':') == std::string_view::npos;
}
std::string data_key(const std::string& session) {
    return "session:" + session;
}
std::string timing_key(const std::string& session) {
    return "timing:" + session;
}
std::string tick_channel(const std::string& session) {
    return "tick:" + session;
}
std::string owner_key(const std::string& session) {
    return "timing:" + session + ":owner";
}
std::string lease_key(const std::string& lease) {
    return "clock:lease:" + lease;
}
std::string owned_key(const std::string& lease) {
    return "clock:lease:" + lease + ":sessions";
}

void look(transaction& in, const std::string& session) {
    in.get_fields(timing_key(session)).get(owner_key(session));
}

stored_timing read_look(std::string session, const store_reply* replies,
                        const clock_options& options) {
    stored_timing read{.session = std::move(session),
                       .value = {.tempo = options.default_tempo},
                       .owner = replies[1].text.value_or(""),
                       .exists = !replies[0].items.empty(),
                       .fields = {}};
    const auto& items = replies[0].items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
        if (!is_timing_field(items[i])) continue;
        read_field(read.value, items[i], items[i + 1]);
        read.fields.emplace_back(items[i], items[i + 1]);
    }
    return read;
}

// With the lease in the set of all of them: if it has lapsed unnoticed, somebody will look after
// it.
transaction change(const stored_timing& from, const timing& to, const std::string& lease,
                   milliseconds now, const clock_options& options) {
    const std::string& session = from.session;
    transaction all;
    require_as_read(all, from);
    write(all, session, to);
    all.set_field(data_key(session), "lastActivity", std::to_string(now.count()))
        .expire(timing_key(session), options.life)
        .expire(data_key(session), options.life);
    if (!to.playing) {
        disown(all, from);
        say(all, session, to, {});
        return all;
    }
    if (from.owner.empty())
        all.set(owner_key(session), lease)
            .add_member(owned_key(lease), session)
            .add_member(leases_key, lease);
    say(all, session, to, from.owner.empty() ? lease : from.owner);
    return all;
}

transaction take_over(const stored_timing& from, const std::string& lease) {
    transaction all;
    all.require_exists(lease_key(lease));
    require_as_read(all, from);
    disown(all, from);
    all.set(owner_key(from.session), lease).add_member(owned_key(lease), from.session);
    say(all, from.session, from.value, lease);
    return all;
}

transaction release(const stored_timing& from) {
    transaction all;
    require_as_read(all, from);
    disown(all, from);
    say(all, from.session, from.value, {});
    return all;
}

transaction strike(const stored_timing& from, const std::string& lease) {
    transaction all;
    require_as_read(all, from);
    all.remove_member(owned_key(lease), from.session);
    return all;
}

transaction say_again(const stored_timing& from) {
    transaction all;
    require_as_read(all, from);
    say(all, from.session, from.value, from.owner);
    return all;
}

std::optional<clock_change> read_change(std::string_view text) {
    value from;
    if (!socketio::parse_json(text, {}, from)) return std::nullopt;
    socketio::member_reader members(from);
    clock_change read{.session = members.id("sessionId"),
                      .now = {.playing = members.boolean_or("isPlaying", false),
                              .tempo = 0,
                              .start_time = milliseconds(members.integer("startTime")),
                              .position = milliseconds(members.integer("position"))},
                      .owner = members.string_or_empty("owner")};
    const value* beats = from.find("tempo");
    if (!members.good() || !beats || !beats->is_number()) return std::nullopt;
    read.now.tempo = beats->as_double();
    return read;
}

// By hand: ten a second for each session.
std::string write_tick(const clock_tick& tick) {
    std::string text = R"({"sessionId":)";
    socketio::append_json_string(text, tick.session_id);
    text += R"(,"positionMs":)" + std::to_string(tick.position.count());
    text += R"(,"timestamp":)" + std::to_string(tick.timestamp.count()) + '}';
    return text;
}

std::optional<clock_tick> read_tick(std::string_view text) {
    value from;
    if (!socketio::parse_json(text, {}, from)) return std::nullopt;
    const value* at = from.find("positionMs");
    const value* when = from.find("timestamp");
    const value* session = from.find("sessionId");
    if (!at || !at->is_number() || !when || !when->is_number() || !session || !session->is_string())
        return std::nullopt;
    return clock_tick{session->as_string(), to_milliseconds(at->as_double()),
                      to_milliseconds(when->as_double())};
}

} // namespace sockeye::app::clock_steps
