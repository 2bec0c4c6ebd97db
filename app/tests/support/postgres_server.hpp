#pragma once

#include "temporary_folder.hpp"

#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace sockeye::app {

/// A PostgreSQL of the test's own: a folder that goes with it, a socket in there and none on the
/// network, and an end with the test.
class postgres_server {
public:
    postgres_server();
    ~postgres_server();
    postgres_server(const postgres_server&) = delete;
    postgres_server& operator=(const postgres_server&) = delete;

    [[nodiscard]] std::string url(std::string_view database = "postgres") const;
    /// Returns the URL of a new one.
    std::string make_database();

    void kill(); // -9, all of its processes
    void start();
    void pause(); // hangs, with its connections open
    void resume();

private:
    void signal_all(int signal) const;
    [[nodiscard]] std::vector<pid_t> processes() const;

    testing::temporary_folder folder_;
    pid_t process_ = 0;
    unsigned databases_ = 0;
};

/// One for the whole program: it takes seconds to make.
postgres_server& shared_postgres();

} // namespace sockeye::app
