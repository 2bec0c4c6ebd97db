#pragma once

#include <sockeye/app/context.hpp>
#include <sockeye/app/event_log.hpp>
#include <sockeye/socketio/value.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::app {

struct session_ground;
class session_hosts;
class session_listeners;

struct session_options {
    milliseconds life = std::chrono::hours(24); // of a session, and of its code
    milliseconds heartbeat_life = seconds(60);
    milliseconds heartbeat_interval = seconds(20);
    milliseconds heartbeat_retry = seconds(2); // while the store is away
    milliseconds host_grace = seconds(10);     // for a host to come back in
    // Instances with listeners look that often whether the hosts are there, and whether an event
    // was lost on its way.
    milliseconds check_interval = seconds(5);
    milliseconds subscribe_timeout = seconds(5);
    milliseconds kept_after_end = seconds(60); // what was said last may still be on its way

    std::size_t code_length = 6;
    // Of each session, for listeners that come back.
    std::size_t kept_events = 500;
    std::size_t kept_bytes = 256 * 1024;

    std::size_t max_event_bytes = 64 * 1024; // as JSON
    std::size_t max_fields = 16;             // that a host adds to a session
    std::size_t max_field_bytes = 1024;      // name and value
    std::size_t max_hosted = 16;             // sessions of one connection
    std::size_t max_joined = 64;             // sessions of one connection
    std::size_t max_waiting_events = 256;    // of a session, for the store
    std::size_t max_untold = 100'000;        // events for this instance's listeners
};

using session_fields = std::map<std::string, std::string>;

struct session_info {
    std::string id;
    std::string code;
    std::string host_node; // the instance that the host is connected to
    std::string source_lang;
    milliseconds created_at{}; // since the epoch
    std::string status;        // "active" or "ended"
    session_fields more;       // what the host added
    bool history = false;      // its events are in the event log too, for good
    bool local = false;        // the host is at this instance

    bool operator==(const session_info&) const = default;
};

struct session_event {
    std::string session_id;
    std::uint64_t seq = 0;
    std::string type;
    socketio::value data;
    milliseconds timestamp{};

    bool operator==(const session_event&) const = default;
};
using session_event_ptr = std::shared_ptr<const session_event>;

struct session_host {
    std::string user; // who may take the session up again; empty: nobody
    std::string connection;
};

struct session_joined {
    session_info session;
    std::uint64_t seq = 0;                 // the next event that the listener is told has seq + 1
    std::vector<session_event_ptr> missed; // those after `last_seq` and up to `seq`
    bool complete = true;                  // false: some of these are gone for good
};

struct session_join {
    std::string session_id = {}; // or
    std::string code = {};
    std::string listener; // a connection
    std::optional<std::uint64_t> last_seq = {};
    // Called once, ahead of what the listener is told afterwards, and on the same thread.
    std::function<void(const session_joined&)> welcome;
};

// Hears what this instance's connections are to be told: one call after the other, all on shard 0,
// for each listener in the order of `seq`. Outlives the service.
class session_audience {
public:
    using connections = std::vector<std::string>;

    virtual ~session_audience() = default;
    virtual void on_event(const connections& who, const session_event& event) = 0;
    // Events that were lost on their way, and are not kept any more.
    virtual void on_lost(const connections& who, const std::string& session_id, std::uint64_t first,
                         std::uint64_t last) = 0;
    // Once for each listener, which has left then; for the host's connection too, unless it has
    // closed the session. `reason`: "closed", "host lost" or "expired".
    virtual void on_ended(const connections& who, const std::string& session_id,
                          const std::string& reason) = 0;
};

// What a session with history is called in the event log. Its events have the same numbers there.
std::string session_log_name(const std::string& session_id);

struct session_counters {
    std::size_t hosted = 0;      // sessions whose host is here
    std::size_t listened = 0;    // sessions with listeners here, each subscribed to once
    std::size_t listeners = 0;   //
    std::uint64_t published = 0; // events of hosts here
    std::uint64_t heard = 0;     // events for listeners here
    std::uint64_t recovered = 0; // of these, fetched because they were lost on their way
    std::uint64_t lost = 0;      // events that could not be fetched either
    std::uint64_t refused = 0;   // messages that are no events, or too many at once
};

// A host speaks to listeners who have a code, each at any instance. How it works: docs/sessions.md.
//
// Tasks throw service_error with a code of docs/app-events.md, and operation_error where the store
// is away: whether it was done is not known then.
class sessions {
public:
    // `history`: the log of sessions that keep their history; without, none can. Outlives this, and
    // is shared by all instances.
    sessions(const context& on, session_audience& audience, const session_options& options = {},
             event_log* history = nullptr);
    ~sessions(); // the audience hears nothing after that
    sessions(const sessions&) = delete;
    sessions& operator=(const sessions&) = delete;

    // Begins to look after hosts and events.
    void start();

    task<session_info> create_session(session_host host, std::string source_lang = {},
                                      session_fields more = {}, bool history = false);
    // The same user goes on at this instance, wherever it was before. The last event's number.
    task<std::uint64_t> resume_session(std::string session_id, session_host host);
    // In a session with history: once the event is on disk, so that no listener has what the log
    // does not.
    task<std::uint64_t> publish(std::string session_id, std::string connection, std::string type,
                                socketio::value data);
    task<> close_session(std::string session_id, std::string connection);

    // One that can be joined. Throws SESSION_NOT_FOUND, SESSION_ENDED or HOST_OFFLINE otherwise.
    task<session_info> get_session(std::string session_id);
    task<session_info> get_session_by_code(std::string code);
    task<> join(session_join what);
    void leave(const std::string& session_id, const std::string& listener);

    // A connection is gone: as a listener at once, as a host after the grace period.
    void disconnect(const std::string& connection);

    [[nodiscard]] session_counters counters() const;

private:
    const std::shared_ptr<session_ground> ground_;
    const std::shared_ptr<session_hosts> hosts_;
    const std::shared_ptr<session_listeners> listeners_;
};

} // namespace sockeye::app
