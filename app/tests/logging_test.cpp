#include "codec/json.hpp"

#include <sockeye/app/logging.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <fcntl.h>
#include <future>
#include <regex>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

namespace sockeye::app {

namespace {

using namespace std::chrono_literals;
using engineio::log_level;

/// Where the log goes to in a test.
class pipe_end {
public:
    pipe_end() {
        // No other test's programs keep it open.
        if (pipe2(ends_, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    }
    ~pipe_end() {
        close_reader();
        close_writer();
    }
    pipe_end(const pipe_end&) = delete;
    pipe_end& operator=(const pipe_end&) = delete;

    [[nodiscard]] int writer() const { return ends_[1]; }
    void close_reader() { close_one(ends_[0]); }
    void close_writer() { close_one(ends_[1]); }

    /// All lines until the writer is closed.
    [[nodiscard]] std::vector<std::string> lines() const {
        std::string text;
        char some[4096];
        for (ssize_t n; (n = ::read(ends_[0], some, sizeof some)) > 0;)
            text.append(some, static_cast<std::size_t>(n));
        std::vector<std::string> made;
        for (std::size_t end; (end = text.find('\n')) != text.npos; text.erase(0, end + 1))
            made.push_back(text.substr(0, end));
        CHECK(text.empty());
        return made;
    }

private:
    static void close_one(int& descriptor) {
        if (descriptor >= 0) ::close(std::exchange(descriptor, -1));
    }
    int ends_[2];
};

/// What is written by `use`, in lines.
template<class Use>
std::vector<std::string> written(log_options options, Use use) {
    pipe_end to;
    options.descriptor = to.writer();
    {
        log_writer log(options);
        use(log);
    }
    to.close_writer();
    return to.lines();
}

const std::regex dropped_line(R"( warning (\d+) lines of the log were dropped, because .*)");

/// Without its time.
std::string rest(const std::string& line) {
    return line.substr(std::min(line.size(), line.find(' ')));
}

socketio::object parsed(const std::string& line) {
    socketio::value made;
    REQUIRE(socketio::parse_json(line, {}, made));
    return made.as_object();
}

std::string text_in(const socketio::object& from, std::string_view name) {
    const socketio::value* found = from.find(name);
    return found ? found->as_string() : "";
}

} // namespace

TEST_CASE("log: a line has time, level and message") {
    const auto lines = written({}, [](log_writer& log) {
        log.write(log_level::info, "it's 100% {} ready");
        log.write(log_level::warning, "cannot reach Redis");
        log.write(log_level::error, "über");
    });
    REQUIRE(lines.size() == 3);
    CHECK(std::regex_match(
        lines[0],
        std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info it's 100% \{\} ready)")));
    CHECK(rest(lines[1]) == " warning cannot reach Redis");
    CHECK(rest(lines[2]) == " error über");
}

TEST_CASE("log: no message makes two lines, or rules a terminal") {
    const auto lines = written({}, [](log_writer& log) {
        log.write(log_level::info, "a\r\nb\x1b[2Jc\x7f");
        log.write(log_level::info, std::string_view("d\0e", 3));
    });
    REQUIRE(lines.size() == 2);
    CHECK(rest(lines[0]) == " info a  b [2Jc ");
    CHECK(rest(lines[1]) == " info d e");
}

TEST_CASE("log: as JSON each line is an object, whatever is in the message") {
    const std::string messages[] = {"plain", "\"quoted\" \\ 100% %v {}", "a\nb\tc\x01",
                                    std::string("d\0e", 3), "über 🐟"};
    const auto lines =
        written({.format = log_format::json, .node = "n %v \"1\""}, [&](log_writer& log) {
            for (const std::string& message : messages)
                log.write(log_level::warning, message);
        });
    REQUIRE(lines.size() == std::size(messages));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto line = parsed(lines[i]);
        CHECK(line.size() == 4);
        CHECK(text_in(line, "message") == messages[i]);
        CHECK(text_in(line, "level") == "warning");
        CHECK(text_in(line, "node") == "n %v \"1\"");
        CHECK(std::regex_match(text_in(line, "time"),
                               std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")));
    }
}

TEST_CASE("log: what is no UTF-8 becomes so in JSON") {
    const auto lines = written({.format = log_format::json}, [](log_writer& log) {
        log.write(log_level::info, "a\xff"
                                   "b");
    });
    REQUIRE(lines.size() == 1);
    CHECK(text_in(parsed(lines[0]), "message") == "a\xef\xbf\xbd"
                                                  "b");
}

TEST_CASE("log: what is below the level is left out, and the level may change") {
    const auto lines = written({.level = log_level::warning}, [](log_writer& log) {
        log.write(log_level::debug, "1");
        log.write(log_level::info, "2");
        log.write(log_level::warning, "3");
        log.level(log_level::debug);
        log.write(log_level::debug, "4");
        log.level(log_level::error);
        log.write(log_level::warning, "5");
        log.write(log_level::error, "6");
    });
    REQUIRE(lines.size() == 3);
    CHECK(rest(lines[0]) == " warning 3");
    CHECK(rest(lines[1]) == " debug 4");
    CHECK(rest(lines[2]) == " error 6");
}

TEST_CASE("log: long messages are cut off") {
    const auto lines = written({.max_line_bytes = 5}, [](log_writer& log) {
        log.write(log_level::info, "12345");
        log.write(log_level::info, "123456");
    });
    REQUIRE(lines.size() == 2);
    CHECK(rest(lines[0]) == " info 12345");
    CHECK(rest(lines[1]) == " info 12345…");
}

TEST_CASE("log: the layers below write through it, from many threads at once") {
    constexpr int each = 200;
    const auto lines = written({}, [](log_writer& log) {
        const engineio::logger logger = log.logger();
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&logger, t] {
                for (int i = 0; i < each; ++i)
                    logger(log_level::info, std::to_string(t));
            });
    });
    for (int t = 0; t < 4; ++t)
        CHECK(std::ranges::count(lines, " info " + std::to_string(t), rest) == each);
}

TEST_CASE("log: nobody waits for a slow reader; what is dropped is counted and told") {
    constexpr std::size_t count = 20'000;
    pipe_end to;
    auto log = std::make_unique<log_writer>(
        log_options{.descriptor = to.writer(), .max_waiting = 100, .close_timeout = 1min});
    for (std::size_t i = 0; i < count; ++i) // would never end if it waited: nobody reads
        log->write(log_level::info, "a line");
    const std::uint64_t dropped = log->dropped();
    CHECK(dropped > 0);

    auto reading = std::async(std::launch::async, [&] { return to.lines(); });
    log.reset();
    to.close_writer();
    const auto lines = reading.get();
    std::uint64_t told = 0;
    for (const std::string& line : lines)
        if (std::smatch found; std::regex_search(line, found, dropped_line))
            told += std::stoull(found[1]);
    CHECK(told == dropped);
    CHECK(std::ranges::count(lines, " info a line", rest) + told == count);
}

TEST_CASE("log: the end does not wait for a reader for ever") {
    pipe_end to;
    const auto begin = std::chrono::steady_clock::now();
    {
        log_writer log({.descriptor = to.writer(), .max_waiting = 100, .close_timeout = 50ms});
        for (int i = 0; i < 5000; ++i)
            log.write(log_level::info, "a line that is long enough to fill the pipe soon");
        CHECK(log.dropped() > 0);
    }
    CHECK(std::chrono::steady_clock::now() - begin < 20s);
}

TEST_CASE("log: a reader that has gone ends nothing") {
    pipe_end to;
    to.close_reader();
    log_writer log({.descriptor = to.writer()});
    for (int i = 0; i < 10; ++i)
        log.write(log_level::info, "to nobody");
    CHECK(log.dropped() == 0);
}

} // namespace sockeye::app
