#pragma once

#include <sockeye/app/context.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::app {

struct clock_options {
    milliseconds tick = milliseconds(100);
    milliseconds resolution = milliseconds(2); // ticks that fall due within it are one transaction
    milliseconds life = std::chrono::hours(1); // of a session that nobody changes or follows

    // An instance that has not renewed its lease for so long is taken for dead. Another ticks its
    // sessions on within `lease` and a `renewal`.
    milliseconds lease = milliseconds(1200);
    milliseconds renewal = milliseconds(300);
    milliseconds lease_margin = milliseconds(100); // it stops by itself so long before the end
    milliseconds check_interval = seconds(5);      // for messages that were lost

    milliseconds subscribe_timeout = seconds(5);

    double min_tempo = 1;
    double max_tempo = 1000;
    double default_tempo = 120;
    milliseconds max_position = std::chrono::hours(24 * 7);
    std::size_t max_joined = 64;          // sessions of one member
    std::size_t max_fields = 32;          // of data that is written at once
    std::size_t max_field_bytes = 1024;   // name and value
    std::size_t max_waiting_changes = 64; // of one session, at this instance
    std::size_t max_unanswered = 50;      // transactions of ticks on their way; more are dropped
    std::size_t ticks_at_once = 200;      // in one transaction
    std::size_t max_untold = 50'000;      // ticks for this instance's members; more are dropped
};

struct clock_state {
    std::string session_id;
    bool is_playing = false;
    double tempo = 0;          // beats a minute
    milliseconds position{};   // as of `timestamp`
    milliseconds start_time{}; // since the epoch: when it last began to play, or changed in playing
    milliseconds timestamp{};  // since the epoch

    bool operator==(const clock_state&) const = default;
};

struct clock_tick {
    std::string session_id;
    milliseconds position{};
    milliseconds timestamp{}; // since the epoch: when it had that position

    bool operator==(const clock_tick&) const = default;
};

struct clock_join {
    std::string session_id;
    std::string member; // a connection
    // Called once, ahead of what the member is told afterwards, and on the same thread.
    std::function<void(const clock_state&)> welcome;
};

// Hears what this instance's members are to be told: one call after the other, all on shard 0.
// Outlives the service.
class clock_audience {
public:
    using members = std::vector<std::string>;

    virtual ~clock_audience() = default;
    virtual void on_state(const members& who, const clock_state& state) = 0; // after a change
    virtual void on_tick(const members& who, const clock_tick& tick) = 0;    // each once, in order
};

struct clock_counters {
    std::size_t ticked = 0;      // sessions that this instance ticks
    std::size_t followed = 0;    // sessions with members here, each subscribed to once
    std::size_t members = 0;     //
    std::uint64_t ticks = 0;     // published
    std::uint64_t skipped = 0;   // too late, or too many on their way
    std::uint64_t told = 0;      // ticks, to this instance's members
    std::uint64_t untold = 0;    // of another state than the session's, twice, or too many
    std::uint64_t takeovers = 0; // sessions taken over from instances that died
};

// One transport for the members of a session, each at any instance: start, stop, seek, tempo. While
// it plays, one instance of the cluster ticks. How it works: docs/clock.md.
//
// Tasks throw service_error with a code of docs/app-events.md, and operation_error where the store
// is away: whether it was done is not known then.
class shared_clock {
public:
    shared_clock(const context& on, clock_audience& audience, const clock_options& options = {});
    ~shared_clock(); // others tick on after the lease: see retire(). The audience hears no more.
    shared_clock(const shared_clock&) = delete;
    shared_clock& operator=(const shared_clock&) = delete;

    // Begins to hold a lease, to tick, and to look after the others' sessions. From `ready` on,
    // this instance hears of every change.
    void start(std::function<void()> ready = {});
    // Others tick on at once.
    task<> retire();

    // From where it was stopped, if nothing else is said.
    task<clock_state> start_playing(std::string session_id, std::optional<double> tempo = {},
                                    std::optional<milliseconds> position = {});
    task<clock_state> stop_playing(std::string session_id); // keeps the position
    task<clock_state> seek(std::string session_id, milliseconds position);
    task<clock_state> set_tempo(std::string session_id, double tempo); // keeps the position
    task<clock_state> get(std::string session_id); // of one that is not there: stopped, at 0

    // What else members share. Names that are there already are written anew.
    using fields = std::map<std::string, std::string>;
    task<> write_data(std::string session_id, fields data);
    task<fields> read_data(std::string session_id);

    task<> join(clock_join what);
    void leave(const std::string& session_id, const std::string& member);
    void disconnect(const std::string& member); // leaves everything

    [[nodiscard]] clock_counters counters() const;

private:
    class core;
    const std::shared_ptr<core> core_;
};

} // namespace sockeye::app
