#pragma once

#include "membership.hpp"
#include "sessions/listened_session.hpp"
#include "sessions/session_ground.hpp"
#include "unwanted_subscriptions.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::app {

/// The listeners at this instance, whose sessions' hosts may be anywhere.
class session_listeners : public std::enable_shared_from_this<session_listeners> {
public:
    explicit session_listeners(std::shared_ptr<session_ground> ground)
        : ground_(std::move(ground)) {}

    task<> join(session_join what);
    void leave(const std::string& id, const std::string& listener);
    void disconnect(const std::string& listener);

    void check_regularly();
    void retire(); // no subscription is left

    void count(session_counters& into) const;

private:
    struct place {
        listened_ptr in;
        std::uint64_t joining;
        bool first; // of the session's listeners here
    };
    class request;

    // A listener comes.
    void begin(request& asked);
    void end(request& asked);
    place enter(const std::string& id, request& asked);
    task<> open(listened_ptr which);
    task<> subscribe(listened_ptr to);
    task<event_feed::events> missed_after(std::uint64_t last_seq, listened_ptr in);
    void grant(const session_join& what, request& asked, session_record session,
               event_feed::events missed);

    // Events come.
    void on_message(const listened_ptr& in, std::string_view text);
    task<> fetch_gap(listened_ptr in);
    [[nodiscard]] std::optional<event_feed::range> gap_of(const listened_session& in) const;
    task<> catch_up(listened_ptr in, std::uint64_t last);
    task<event_feed::events> fetch(std::string id, std::uint64_t first, std::uint64_t last);

    // The host is looked after.
    task<> check();
    [[nodiscard]] std::vector<listened_ptr> opened() const;
    task<> check_some(std::vector<listened_ptr> some);
    task<> judge(listened_ptr which, std::optional<session_record> looked);

    // Under the lock; then settle(), without it.
    void tell(listened_session& in, const event_feed::events& next);
    void tell_lost(listened_session& in, event_feed::range lost);
    void end(listened_session& which, const std::string& reason);
    void give_up(const std::string& listener, const place& at);
    void go_on(listened_session& in, const std::string& listener); // as one who is welcome
    void leave_here(const std::string& id, const std::string& listener);
    void remove(listened_session& which, const std::string& listener);
    void close(listened_session& which);
    void settle();

    const std::shared_ptr<session_ground> ground_;
    mutable std::mutex mutex_;
    std::unordered_map<std::string, listened_ptr> sessions_;
    membership listening_;
    std::unordered_multimap<std::string, request*> undecided_; // by listener
    std::uint64_t joinings_ = 0;
    unwanted_subscriptions unwanted_{ground_->on.state};
    session_counters counters_;
};

} // namespace sockeye::app
