#include "redis_server.hpp"

#include "process.hpp"
#include "raw_client.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <filesystem>
#include <netinet/in.h>
#include <random>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>

namespace sockeye::testing {
namespace {

// Whatever it answers, be it that a password is missing.
bool answers(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    constexpr std::string_view ping = "PING\r\n";
    char first = 0;
    const bool answered = ::connect(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 &&
                          ::send(socket, ping.data(), ping.size(), MSG_NOSIGNAL) > 0 &&
                          ::recv(socket, &first, 1, 0) == 1;
    ::close(socket);
    return answered;
}

bool is_free(unsigned short port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = ::bind(socket, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0;
    ::close(socket);
    return bound;
}

} // namespace

unsigned short free_port() {
    // Below those that the kernel gives to outgoing connections, which come and go all the time.
    static std::mt19937 random(std::random_device{}());
    std::uniform_int_distribution<unsigned short> ports(15000, 32000);
    for (int tries = 0; tries < 100; ++tries)
        if (const unsigned short port = ports(random); is_free(port)) return port;
    throw std::runtime_error("no free port");
}

redis_server::redis_server(std::vector<std::string> settings, std::string port_setting,
                           const std::string& file)
    : settings_(std::move(settings)), port_setting_(std::move(port_setting)), port_(free_port()) {
    folder_.write("redis.conf", file);
    start();
}

redis_server::~redis_server() {
    kill();
}

void redis_server::start() {
    std::vector<std::string> words{"redis-server", folder_.path() + "/redis.conf",
                                   "--bind",       "127.0.0.1",
                                   port_setting_,  std::to_string(port_),
                                   "--unixsocket", unix_socket(),
                                   "--dir",        folder_.path(),
                                   "--save",       "",
                                   "--appendonly", "no",
                                   "--loglevel",   "warning",
                                   "--logfile",    folder_.path() + "/log"};
    words.insert(words.end(), settings_.begin(), settings_.end());
    // Should the test crash, its output ends nevertheless, although this process is left.
    process_ = run_program(std::move(words), {.silent = true});
    await_start();
}

void redis_server::await_start() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (!answers(unix_socket())) {
        if (has_ended(process_)) {
            process_ = 0;
            throw std::runtime_error("redis-server did not start");
        }
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("redis-server takes too long to start");
        std::this_thread::yield();
    }
}

void redis_server::kill() {
    if (process_ == 0) return;
    ::kill(process_, SIGKILL);
    await_end(process_);
    process_ = 0;
}

void redis_server::restart() {
    kill();
    std::filesystem::remove(unix_socket());
    start();
}

void redis_server::pause() {
    ::kill(process_, SIGSTOP);
}

void redis_server::resume() {
    ::kill(process_, SIGCONT);
}

} // namespace sockeye::testing
