#include "driver.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <sys/resource.h>

namespace sockeye::bench {
namespace {

using steady = std::chrono::steady_clock;

constexpr unsigned handshake_window = 64; // sessions that open or close at the same time

} // namespace

driver::driver() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

bool driver::run_until(const std::function<bool()>& done, double seconds) {
    const auto end = steady::now() + std::chrono::duration<double>(seconds);
    while (board.failure.empty() && !done()) {
        const std::chrono::duration<double, std::milli> left = end - steady::now();
        if (left.count() <= 0) return false;
        links.run_once(std::min(1000, int(left.count()) + 1));
    }
    return true;
}

void driver::run_for(double seconds) {
    run_until([] { return false; }, seconds);
}

void driver::run_at_intervals(double rate, double seconds, const std::function<void()>& turn) {
    const auto begin = steady::now();
    const auto turns = std::uint64_t(std::round(rate * seconds));
    for (std::uint64_t i = 0; i < turns && board.failure.empty(); ++i) {
        const std::chrono::duration<double> passed = steady::now() - begin;
        run_for(std::max(0.0, double(i) / rate - passed.count()));
        turn();
    }
}

void driver::open(const sessions& all, std::size_t count) {
    unsigned started = board.open;
    for (; started < count && board.failure.empty(); ++started) {
        all[started]->open();
        const auto room = [&] { return started < board.open + handshake_window; };
        if (!run_until(room, patience_s)) break;
    }
    if (!run_until([&] { return board.open == count; }, patience_s))
        board.fail(board.open, "not all sessions opened in time");
}

void driver::close(const sessions& all) {
    unsigned started = 0;
    for (; started < all.size() && board.failure.empty(); ++started) {
        all[started]->close();
        const auto room = [&] { return started < board.ended + handshake_window; };
        if (!run_until(room, patience_s)) break;
    }
    if (!run_until([&] { return board.ended == all.size(); }, patience_s))
        board.fail(board.ended, "not all sessions were closed in time");
}

} // namespace sockeye::bench
