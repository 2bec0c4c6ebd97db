#include "state/link_state.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sockeye::adapter_redis {
namespace {

using namespace std::chrono_literals;

const reply ok{.kind = reply_kind::text, .text = "OK"};

reply error(const char* text) {
    return {.kind = reply_kind::error, .text = text};
}

// What happens to a connection, and what its state makes of it.
class link_script final : link_host {
public:
    explicit link_script(redis_options options = {}, std::uint64_t seed = 1)
        : options_(std::move(options)), state_(options_, *this, "tests", seed) {
        state_.start(now_);
    }

    link_script& after(milliseconds time) {
        now_ += time;
        return *this;
    }
    link_script& connected() {
        state_.on_connected(now_);
        return *this;
    }
    link_script& answers(const reply& answer) {
        state_.on_greeting(answer, now_);
        return *this;
    }
    link_script& hears() {
        state_.on_input(now_);
        return *this;
    }
    link_script& loses(std::string_view why = "End of file") {
        state_.on_lost(why, now_);
        return *this;
    }
    // The timer that was asked for runs down.
    link_script& waits() {
        now_ = std::max(now_, wake_at_);
        state_.on_deadline(now_);
        return *this;
    }
    link_script& wakes_early() {
        state_.on_deadline(now_);
        return *this;
    }
    link_script& stops() {
        state_.stop();
        return *this;
    }
    // Connected, greeted, ready; nothing of that is to be checked.
    link_script& comes_up() {
        connected().answers(ok);
        lines_.clear();
        return *this;
    }

    link_script& expects(const std::vector<std::string>& lines) {
        CHECK(lines_ == lines);
        lines_.clear();
        return *this;
    }
    link_script& forgets() {
        lines_.clear();
        return *this;
    }
    [[nodiscard]] milliseconds pause() const {
        return std::chrono::duration_cast<milliseconds>(wake_at_ - now_);
    }
    [[nodiscard]] bool is_ready() const { return state_.is_ready(); }

private:
    void connect() override { lines_.emplace_back("connect"); }
    void disconnect() override { lines_.emplace_back("disconnect"); }
    void greet(std::initializer_list<std::string_view> command) override {
        std::string line = "greet";
        for (const std::string_view word : command)
            line.append(" ").append(word);
        lines_.push_back(std::move(line));
    }
    void ping() override { lines_.emplace_back("ping"); }
    void ready() override { lines_.emplace_back("ready"); }
    void lost() override { lines_.emplace_back("lost"); }
    void wake_at(time_point when) override { wake_at_ = when; }
    void report(engineio::log_level, const std::string& line) override { lines_.push_back(line); }

    redis_options options_;
    time_point now_{};
    time_point wake_at_{};
    std::vector<std::string> lines_;
    link_state state_;
};

const std::string name = "redis: connection for tests to 127.0.0.1:6379";

TEST_CASE("a connection is ready once Redis has answered") {
    link_script script;
    script.expects({"connect"}).connected().expects({"greet PING"});
    CHECK_FALSE(script.is_ready());
    script.answers(ok).expects({"ready"});
    CHECK(script.is_ready());
}

TEST_CASE("password, user and database are told first") {
    link_script({.username = "ann", .password = "secret", .database = 3})
        .connected()
        .expects({"connect", "greet AUTH ann secret", "greet SELECT 3", "greet PING"})
        .answers(ok)
        .answers(ok)
        .expects({})
        .answers(ok)
        .expects({"ready"});
    link_script({.password = "secret"})
        .connected()
        .expects({"connect", "greet AUTH secret", "greet PING"});
}

TEST_CASE("a greeting that is refused is tried again later") {
    link_script({.password = "secret"})
        .connected()
        .forgets()
        .answers(error("WRONGPASS invalid"))
        .expects({"disconnect", name + " cannot be made: WRONGPASS invalid"})
        .waits()
        .expects({"connect"});
    link_script()
        .connected()
        .forgets()
        .answers(error("LOADING"))
        .expects({"disconnect", name + " cannot be made: LOADING"});
}

TEST_CASE("no answer to connect or to greet within the time is a failure") {
    link_script({.connect_timeout = 5s})
        .after(4999ms)
        .wakes_early()
        .expects({"connect"})
        .waits()
        .expects({"disconnect", name + " cannot be made: no answer within the time to connect"});
    link_script().after(1s).connected().forgets().waits().expects(
        {"disconnect", name + " cannot be made: no answer within the time to connect"});
}

TEST_CASE("a lost connection is made again, and that is reported once") {
    link_script()
        .comes_up()
        .loses()
        .expects({"disconnect", name + " lost: End of file", "lost"})
        .waits()
        .expects({"connect"})
        .loses("Connection refused")
        .expects({"disconnect"})
        .waits()
        .connected()
        .answers(ok)
        .expects({"connect", "greet PING", name + " is back", "ready"})
        .loses("again")
        .expects({"disconnect", name + " lost: again", "lost"});
}

TEST_CASE("attempts come later and later, up to a limit, and start over once one succeeds") {
    link_script script({.reconnect_delay = 100ms, .max_reconnect_delay = 1s});
    for (const milliseconds longest : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
        script.loses();
        CHECK(script.pause() <= longest);
        CHECK(script.pause() >= longest / 2);
        script.waits();
    }
    script.comes_up().loses();
    CHECK(script.pause() <= 100ms);
}

TEST_CASE("servers that lost Redis together do not come back together") {
    std::vector<milliseconds> pauses;
    for (std::uint64_t seed = 1; seed <= 20; ++seed)
        pauses.push_back(link_script({.reconnect_delay = 10s}, seed).loses().pause());
    std::ranges::sort(pauses);
    CHECK(pauses.back() - pauses.front() > 1s);
}

TEST_CASE("silence is asked about, and given up if it lasts") {
    link_script({.ping_interval = 4s, .ping_timeout = 3s})
        .comes_up()
        .after(3999ms)
        .wakes_early()
        .expects({})
        .waits()
        .expects({"ping"})
        .after(2999ms)
        .wakes_early()
        .expects({})
        .waits()
        .expects({"disconnect", name + " lost: no sign of life", "lost"});
}

TEST_CASE("whatever comes is a sign of life") {
    link_script script({.ping_interval = 4s, .ping_timeout = 3s});
    script.comes_up().waits().expects({"ping"}).after(1s).hears();
    CHECK(script.pause() == 4s);
    script.after(3s).hears().waits().expects({}); // the timer runs down, nothing is due
    CHECK(script.pause() == 3s);
    script.waits().expects({"ping"});
}

TEST_CASE("a connection that is stopped stays so") {
    link_script script;
    script.comes_up().stops().expects({"disconnect"}).loses().waits().stops().expects({});
    CHECK_FALSE(script.is_ready());
}

TEST_CASE("a connection that is stopped while it waits has nothing to end") {
    link_script().loses().forgets().stops().expects({}).waits().expects({});
}

TEST_CASE("what is lost while it waits to be made again is lost already") {
    link_script().comes_up().loses().forgets().loses().expects({});
}

TEST_CASE("a Unix socket is called by its path") {
    link_script({.unix_socket = "/run/redis.sock"})
        .loses("No such file")
        .expects({"connect", "disconnect",
                  "redis: connection for tests to /run/redis.sock cannot be made: No such file"});
}

} // namespace
} // namespace sockeye::adapter_redis
