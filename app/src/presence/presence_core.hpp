#pragma once

#include "background.hpp"
#include "presence/presence_ledger.hpp"
#include "presence/presence_steps.hpp"

#include <sockeye/app/presence.hpp>

#include <atomic>
#include <map>
#include <mutex>

namespace sockeye::app {

/// Keeps the store in step with the ledger. Every coroutine keeps it alive by itself, since the
/// store may still answer when the service has ended.
class presence::core : public std::enable_shared_from_this<core> {
public:
    core(const context& on, std::function<void(const presence_change&)> changed,
         const presence_options& options)
        : on_(on), work_(on, "presence"), changed_(std::move(changed)), options_(options) {}

    task<presence_steps::entry_result>
    begin(presence_entry entry, presence_steps::listing what = presence_steps::listing::nobody);
    task<presence_steps::entry_result> end(presence_entry entry);
    void arrive(const std::string& socket); // it does not depart any more
    void depart(const std::string& socket);
    [[nodiscard]] std::string user_of(const std::string& socket);
    task<store_reply> ask(transaction question); // its first reply

    void tick(); // and again, from time to time, until retire()
    void retire() { work_.retire(); }
    void fall_silent(); // nothing is told when this has returned
    task<> give_up_lease();

private:
    pending<store_result> commit_begin(const presence_entry& entry, presence_steps::listing what);
    pending<store_result> commit_end(const presence_entry& entry);
    task<presence_steps::entry_result> finish_end(presence_entry entry,
                                                  pending<store_result> answer);
    task<> put_back_if_held(presence_entry entry);
    [[nodiscard]] bool holds(const presence_entry& entry);
    void tell(const presence_entry& entry, const presence_steps::entry_result& result, bool online);

    task<> leave_if_gone(std::string socket, std::uint64_t departure);
    task<> look_after_leases();
    task<> renew();
    task<> reconcile();
    task<> bury_the_dead();
    task<> bury(std::string node);

    const context on_;
    background work_;
    std::mutex telling_; // guards the next
    std::function<void(const presence_change&)> changed_;
    const presence_options options_;

    std::atomic<bool> keeps_lease_ = false; // since the first tick
    std::atomic<bool> had_lease_ = false;

    // What the ledger says and what one thread commits change in the same order, both under the
    // lock; what two commit may reach the store in another one.
    std::mutex mutex_;
    presence_ledger ledger_;
    std::map<std::string, std::uint64_t, std::less<>> departing_; // by socket: which departure
    std::uint64_t departures_ = 0;
    bool in_doubt_ = false; // a commit has failed: the store may differ from the ledger
};

} // namespace sockeye::app
