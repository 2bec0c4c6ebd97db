#pragma once

#include "driver.hpp"
#include "options.hpp"
#include "report.hpp"
#include "socketio_client.hpp"

#include <deque>
#include <memory>

namespace sockeye::bench {

// Runs one workload against the server. Each reading is taken while nothing is on the way, so that
// whatever the server did for a message falls between the same two readings as the message.
class load_run {
public:
    explicit load_run(const load_options& o);

    // Gives the failure, empty if there was none. Throws std::runtime_error and std::system_error
    // where nothing could be measured.
    std::string run(report& r);

private:
    void run_exchange(report& r, const char* figure);
    void run_handshake(report& r);
    void run_idle(report& r);
    void hold(report& r);

    void make_clients();
    std::unique_ptr<client> make_client(std::uint32_t number);
    seat seat_of(std::uint32_t number);
    void start_clients();
    void exchange_for(double seconds);

    const load_options& options_;
    const target target_;
    const target sender_target_;
    driver driver_;
    scoreboard& board_ = driver_.board;
    std::deque<cast_room> rooms_; // clients refer to them
    driver::sessions clients_;
};

} // namespace sockeye::bench
