#include "support/appending_instance.hpp"

#include "process.hpp"
#include "support/log_world.hpp"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <semaphore>
#include <sstream>
#include <unistd.h>

namespace sockeye::app {

namespace {

constexpr const char* variable = "SOCKEYE_APPEND_TO";
constexpr const char* only_that = "--test-case=event log: what an appending instance does";

/// One call: lines of several threads do not mix.
void tell(std::uint64_t n, std::uint64_t sequence_number) {
    const std::string line =
        "appended " + std::to_string(n) + ' ' + std::to_string(sequence_number) + '\n';
    if (::write(STDOUT_FILENO, line.data(), line.size()) < 0) std::abort();
}

} // namespace

// Runs in the other process, which is killed.
TEST_CASE("event log: what an appending instance does" * doctest::skip()) {
    const char* address = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
    if (!address) return;
    testing::manual_shards shards;
    const auto log = open_log(shards, address, {});
    std::counting_semaphore<> free_places(500);
    for (std::uint64_t n = 0;; ++n) {
        free_places.acquire();
        log->append({.session_id = "s", .type = "child", .data = n})
            .then([n, &free_places](socketio::outcome<logged_event> done) {
                if (done) tell(n, done.result.sequence_number);
                free_places.release();
            });
    }
}

appending_instance::appending_instance(const std::string& address) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    output_ = ends[0];
    testing::process_surroundings surroundings{.output = ends[1]};
    surroundings.environment.push_back(variable + ("=" + address));
    process_ = testing::run_program({"/proc/self/exe", "--no-skip", only_that}, surroundings);
    ::close(ends[1]);
}

appending_instance::~appending_instance() {
    if (process_ != 0) kill();
    ::close(output_);
}

void appending_instance::await_acknowledged(std::size_t count) {
    while (acknowledged_.size() < count)
        REQUIRE(read_some());
}

acknowledged appending_instance::kill() {
    ::kill(process_, SIGKILL);
    testing::await_end(process_);
    process_ = 0;
    while (read_some()) {
    }
    return acknowledged_;
}

bool appending_instance::read_some() {
    pollfd at{.fd = output_, .events = POLLIN, .revents = 0};
    if (::poll(&at, 1, static_cast<int>(testing::patience.count())) != 1) return false;
    std::array<char, 4096> buffer{};
    const ssize_t size = ::read(output_, buffer.data(), buffer.size());
    if (size <= 0) return false;
    unread_.append(buffer.data(), static_cast<std::size_t>(size));
    const std::size_t whole = unread_.rfind('\n') + 1;
    std::istringstream lines(unread_.substr(0, whole));
    unread_.erase(0, whole);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first;
        std::uint64_t n = 0;
        std::uint64_t number = 0;
        if (words >> first >> n >> number && first == "appended") acknowledged_[n] = number;
    }
    return true;
}

} // namespace sockeye::app
