#pragma once

#include <sockeye/app/context.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace sockeye::app {

// So many within a window that begins with the first of them.
struct allowance {
    std::uint64_t count = 0; // 0: no limit
    milliseconds window = seconds(60);
};

struct limits_options {
    allowance connections_per_ip{.count = 100, .window = std::chrono::minutes(15)};
    allowance requests_per_ip{.count = 1200}; // over HTTP
    allowance events_per_ip{.count = 6000};
    allowance events_per_user{.count = 3000};
    // Addresses and users that are over a limit are remembered, and refused without asking the
    // store. Beyond so many, those that may come back soonest are forgotten.
    std::size_t max_remembered = 10'000;
};

struct verdict {
    bool allowed = true;
    std::optional<std::uint64_t> remaining = {}; // in this window; none: no limit, or not known
    milliseconds retry_after = {};               // if not allowed: when the window ends
};

// Throws RATE_LIMITED, with "retryAfterMs", for what is not allowed.
void enforce(const verdict& given);

struct limits_counters {
    std::uint64_t refused = 0;
    std::uint64_t refused_at_once = 0; // of these: without asking the store
    std::uint64_t unchecked = 0;       // allowed, since the store was away
};

// How much the whole cluster allows to an address and to a user. While the store is away everything
// is allowed: better served than right.
//
// Keys that others may count in, too: `ratelimit:connections:{ip}`, `ratelimit:requests:{ip}`,
// `ratelimit:ip:{ip}` and `ratelimit:user:{user}` (events).
class limits {
public:
    explicit limits(const context& on, limits_options options = {});

    // Each counts what it is asked about. They do not throw.
    task<verdict> check_connection(std::string ip);
    task<verdict> check_request(std::string ip);
    task<verdict> check_event(std::string ip, std::string user = {}); // empty: no user

    // From now on, on any thread. A window that has begun ends when it would have.
    void set(const limits_options& options);
    [[nodiscard]] limits_counters counters() const;

private:
    class core;
    const std::shared_ptr<core> core_;
};

} // namespace sockeye::app
