#include "websocket_session.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <ctime>
#include <memory>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

namespace sockeye::engineio {
namespace {

using testing::raw_client;
using testing::request;

// Takes every descriptor that is left, up to a limit lowered for that, and gives them back.
class descriptors_exhausted {
public:
    descriptors_exhausted() {
        REQUIRE(::getrlimit(RLIMIT_NOFILE, &before_) == 0);
        const int next = ::dup(0);
        taken_.push_back(next);
        rlimit lowered = before_;
        lowered.rlim_cur = static_cast<rlim_t>(next) + 50;
        REQUIRE(::setrlimit(RLIMIT_NOFILE, &lowered) == 0);
        for (int taken; (taken = ::dup(0)) >= 0;)
            taken_.push_back(taken);
    }
    ~descriptors_exhausted() {
        ::setrlimit(RLIMIT_NOFILE, &before_);
        for (const int descriptor : taken_)
            ::close(descriptor);
    }
    descriptors_exhausted(const descriptors_exhausted&) = delete;
    descriptors_exhausted& operator=(const descriptors_exhausted&) = delete;

    void give_back_one() {
        ::close(taken_.back());
        taken_.pop_back();
    }

private:
    rlimit before_{};
    std::vector<int> taken_;
};

std::chrono::nanoseconds process_time() {
    timespec used{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

TEST_CASE("without descriptors the server waits, says so once, does not spin, and goes on once "
          "there are") {
    server_fixture server;
    std::atomic<int> said = 0;
    server.http.log([&](log_level, std::string_view) { ++said; });
    auto living = open_websocket(server.start());
    living.send_text("4before"); // sanitizers need descriptors for what they see the first time
    CHECK(living.read_text() == "4before");
    std::unique_ptr<raw_client> waiting;
    {
        descriptors_exhausted none;
        none.give_back_one(); // for the client's end
        waiting = std::make_unique<raw_client>(server.port());
        waiting->send(request("GET", polling_path));
        const auto refused = [&] { return server.http.counters().connections_refused; };
        REQUIRE(becomes_true([&] { return refused() > 0; }));

        const auto used = process_time();
        const auto attempts = refused();
        living.send_text("4hello"); // who is connected is served all the time
        CHECK(living.read_text() == "4hello");
        CHECK(waiting->silent_for(milliseconds(500)));
        CHECK(process_time() - used < milliseconds(150));
        CHECK(refused() - attempts <= 5);
        REQUIRE(becomes_true([&] { return refused() > 1; }));
        CHECK(said.load() == 1);
    }
    const auto begun = std::chrono::steady_clock::now();
    CHECK(waiting->read_answer().status == 200);
    CHECK(std::chrono::steady_clock::now() - begun < seconds(2));
}

} // namespace
} // namespace sockeye::engineio
