#pragma once

#include <sockeye/app/sessions.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::app {

/// What the store says of a session.
struct session_record {
    session_info info;
    std::string host_user;
    std::string end_reason;           // of one that has ended
    std::optional<std::uint64_t> seq; // of the last event; none: a host that does not keep count
    bool beating = false;             // the host's heart

    [[nodiscard]] bool ended() const { return info.status == "ended"; }
};

} // namespace sockeye::app

/// What sessions keep in the store, and the transactions on it.
namespace sockeye::app::session_steps {

[[nodiscard]] std::string code_key(const std::string& code);    // the contract's, like the
[[nodiscard]] std::string meta_key(const std::string& id);      // next
[[nodiscard]] std::string heartbeat_key(const std::string& id); // two
[[nodiscard]] std::string channel_of(const std::string& id);    // and the channel
[[nodiscard]] std::string events_key(const std::string& id);    // hash: seq -> event

/// A field of the session's own, which a host cannot set.
[[nodiscard]] bool is_reserved(std::string_view field);

transaction create(const session_record& made, const session_options& options);
/// The host goes on at `node`; not if anything of that has changed.
transaction move(const session_record& from, const std::string& node,
                 const session_options& options);
/// Only by the instance that the host is at, while the session lives.
transaction beat(const session_info& session, const session_options& options);

/// Takes two replies to read: nullopt if there is no such session.
void look(transaction& in, const std::string& id);
std::optional<session_record> read_look(std::string id, const store_reply* replies);

/// An event as write_event() writes it.
struct written_event {
    std::uint64_t seq;
    std::string text;
};
/// Conditions: the session lives, its host is at that instance, and that was the last event.
void require_last(transaction& in, const session_info& session, std::uint64_t seq);
void append(transaction& in, const std::string& id, const written_event& event,
            const session_options& options);
void end(transaction& in, const std::string& id, const std::string& reason,
         const session_options& options);

/// Ends a session whose host's heart has stopped, as it was when it was looked at.
transaction declare_lost(const session_record& looked, milliseconds now,
                         const session_options& options);

transaction read_events(const std::string& id, std::uint64_t first, std::size_t count);

/// Of the hash of events: the bytes of each.
std::map<std::uint64_t, std::size_t> read_sizes(const store_reply& events);

/// Nullopt for anything but digits.
std::optional<std::uint64_t> read_number(const std::string& text);

} // namespace sockeye::app::session_steps
