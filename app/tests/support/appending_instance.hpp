#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <sys/types.h>

namespace sockeye::app {

/// By what was appended (0, 1, 2, …): the number that it was acknowledged with.
using acknowledged = std::map<std::uint64_t, std::uint64_t>;

/// A process that appends to the session "s" of a database, as fast as it can: this program, run
/// anew.
class appending_instance {
public:
    explicit appending_instance(const std::string& address);
    ~appending_instance();
    appending_instance(const appending_instance&) = delete;
    appending_instance& operator=(const appending_instance&) = delete;

    void await_acknowledged(std::size_t count);
    /// -9. What was acknowledged until then.
    acknowledged kill();

private:
    /// False: it has ended.
    bool read_some();

    int output_ = -1;
    pid_t process_ = 0;
    std::string unread_;
    acknowledged acknowledged_;
};

} // namespace sockeye::app
