#pragma once

#include "clock/clock_members.hpp"
#include "clock/clock_ticker.hpp"
#include "waiting_line.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sockeye::app {

/// The transports themselves. What changes one says so to all instances, this one included, and
/// nothing is done about a change before it is heard there.
class shared_clock::core : public std::enable_shared_from_this<core> {
public:
    explicit core(const std::shared_ptr<clock_ground>& ground)
        : ground_(ground), ticker_(std::make_shared<clock_ticker>(ground)),
          members_(std::make_shared<clock_members>(ground)) {}

    void start(std::function<void()> ready);
    void close(); // nothing is told after that
    task<> retire();

    using changer = std::function<timing(const timing& now_is, milliseconds now)>;
    task<clock_state> change(std::string session, changer how);
    task<clock_state> get(std::string session);
    task<> write_data(std::string session, fields data);
    task<fields> read_data(std::string session);

    [[nodiscard]] const clock_options& options() const { return ground_->options; }
    [[nodiscard]] clock_members& members() { return *members_; }
    [[nodiscard]] clock_counters counters() const;

private:
    [[nodiscard]] std::shared_ptr<waiting_line> line_of(const std::string& session);
    void forget_line(const std::string& session);

    task<> catch_up(std::function<void()> ready);
    void on_message(std::string_view text);
    void check_regularly();
    task<> check();
    task<> check_all(std::vector<std::string> sessions, bool followed);
    task<> check_one(clock_steps::stored_timing stored);

    const std::shared_ptr<clock_ground> ground_;
    const std::shared_ptr<clock_ticker> ticker_;
    const std::shared_ptr<clock_members> members_;
    std::optional<store::subscription_id> changes_;
    std::mutex mutex_;
    std::unordered_map<std::string, std::weak_ptr<waiting_line>> lines_; // of sessions in change
};

} // namespace sockeye::app
