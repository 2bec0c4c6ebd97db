#pragma once

#include "temporary_folder.hpp"

#include <string>
#include <sys/types.h>
#include <vector>

namespace sockeye::testing {

// Somebody else may take it before the test does, which then fails.
unsigned short free_port();

// A redis-server of the test's own: a free port of the loopback, a folder that goes with it, and an
// end with the test.
class redis_server {
public:
    // `settings`: as on the command line, such as {"--requirepass", "secret"}.
    // `port_setting`: "--tls-port" to speak nothing but TLS. `file`: what its configuration file
    // says, for what a command line cannot.
    explicit redis_server(std::vector<std::string> settings = {},
                          std::string port_setting = "--port", const std::string& file = {});
    ~redis_server();
    redis_server(const redis_server&) = delete;
    redis_server& operator=(const redis_server&) = delete;

    [[nodiscard]] unsigned short port() const { return port_; }
    [[nodiscard]] std::string unix_socket() const { return folder_.path() + "/redis.sock"; }

    void kill();    // -9
    void restart(); // on the same port, empty
    void pause();   // hangs, with its connections open
    void resume();

private:
    void start();
    void await_start();

    std::vector<std::string> settings_;
    std::string port_setting_;
    temporary_folder folder_;
    unsigned short port_;
    pid_t process_ = 0;
};

} // namespace sockeye::testing
