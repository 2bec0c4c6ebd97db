#include "options.hpp"

#include <span>

namespace sockeye::bench {

const char* const usage =
    "bench_event_log MODE --sqlite FILE | --postgres URL [options]\n"
    "  append  events of many sessions: appends a second, time of each, stalls of the event loop\n"
    "  fill    --count events of one session, as --label\n"
    "  check   that this session has --count events, numbered without a gap, each once\n"
    "options\n"
    "  --sessions N  append (100)     --inflight N  unanswered appends at most (500)\n"
    "  --rate R      append: a second (0: the next when one is answered)\n"
    "  --seconds S   append: measured time (10), after the same time of the loop alone\n"
    "One JSON object goes to stdout. Status: 0 good, 2 something was lost or refused, 1 not run.\n";

namespace {

log_work parse_work(std::string_view name) {
    if (name == "append") return log_work::append;
    if (name == "fill") return log_work::fill;
    if (name == "check") return log_work::check;
    throw usage_error("unknown mode " + std::string(name));
}

} // namespace

log_options parse_options(int argc, char** argv) {
    log_options o;
    const setters with_value{
        {"--sqlite", [&](auto v) { o.sqlite = v; }},
        {"--postgres", [&](auto v) { o.postgres = v; }},
        {"--sessions", [&](auto v) { o.sessions = number(v, 1U, 100'000U); }},
        {"--inflight", [&](auto v) { o.inflight = number(v, 1U, 50'000U); }},
        {"--rate", [&](auto v) { o.rate = number(v, 1.0, 1'000'000.0); }},
        {"--seconds", [&](auto v) { o.seconds = number(v, 0.1, max_seconds); }},
        {"--count", [&](auto v) { o.count = number<std::uint64_t>(v, 1, 10'000'000); }},
        {"--label", [&](auto v) { o.label = v; }},
    };
    if (argc < 2) throw usage_error("no mode given");
    o.work = parse_work(argv[1]);
    read_arguments(std::span(argv, std::size_t(argc)).subspan(2), with_value, {});
    if (o.sqlite.empty() == o.postgres.empty())
        throw usage_error("one of --sqlite and --postgres is needed");
    if (o.work != log_work::append && o.count == 0) throw usage_error("--count is needed");
    return o;
}

} // namespace sockeye::bench
