#pragma once

#include "clock/clock_ground.hpp"
#include "clock/tick_schedule.hpp"
#include "only_one.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace sockeye::app {

/// Ticks the sessions that are this instance's, while it holds a lease, and takes over those of
/// instances whose lease has lapsed.
///
/// A lease is one key an instance, whatever the number of sessions. One that has lapsed never comes
/// back: whoever lost it goes on with another, and without the sessions.
class clock_ticker : public std::enable_shared_from_this<clock_ticker> {
public:
    explicit clock_ticker(std::shared_ptr<clock_ground> ground);

    void start();
    task<> give_up_lease();

    void on_change(const clock_steps::clock_change& change);
    /// Whose a session is that begins to play here.
    [[nodiscard]] std::string lease() const;
    [[nodiscard]] std::vector<std::string> sessions() const;
    /// Whether it ticks what it should.
    [[nodiscard]] bool agrees_with(const clock_steps::stored_timing& stored) const;

    void count(clock_counters& into) const;

private:
    struct lease_state {
        std::string id;
        bool held = false;
        milliseconds valid_until{}; // it may be ticked until then
    };

    // Ticks.
    void tick_regularly();
    task<> tick();
    [[nodiscard]] std::pair<std::string, std::vector<clock_tick>> due(); // and by which lease
    task<> publish(std::string lease, std::vector<clock_tick> ticks);
    [[nodiscard]] bool may_publish(std::size_t ticks);
    void published(std::size_t ticks, bool done);

    // Leases.
    [[nodiscard]] std::string new_lease();
    void renew_regularly();
    task<> renew();
    task<std::optional<store_result>> ask_to_renew(lease_state which,
                                                   std::vector<std::string> others);
    void lost(const std::string& lease);
    task<> look_after(std::vector<std::string> dead);
    task<> take_over(std::string dead);
    task<> take_over_some(std::string dead, std::vector<std::string> sessions);
    [[nodiscard]] transaction inheritance(const clock_steps::stored_timing& from,
                                          const std::string& dead) const;

    const std::shared_ptr<clock_ground> ground_;
    mutable std::mutex mutex_;
    std::uint64_t leases_ = 0; // that it has had
    lease_state lease_;
    std::vector<std::string> others_; // leases, as of the last renewal
    std::atomic<bool> renewing_ = false;
    std::atomic<bool> taking_over_ = false;
    tick_schedule schedule_;
    bool ticking_ = false; // a timer is set
    std::size_t unanswered_ = 0;
    clock_counters counters_;
};

} // namespace sockeye::app
