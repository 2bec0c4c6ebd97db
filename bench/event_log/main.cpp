// bench_event_log: what an append to the event log takes, and that several processes number the
// events of one session without a gap.
#include "append_run.hpp"
#include "one_session.hpp"

#include <sockeye/app/postgres_event_log.hpp>
#include <sockeye/app/sqlite_event_log.hpp>
#include <sockeye/engineio/http_server.hpp>

#include <cstdio>

namespace {

using namespace sockeye;
using namespace sockeye::bench;

std::unique_ptr<app::event_log> open_log(engineio::shards& shards, const log_options& o) {
    if (!o.sqlite.empty()) return app::sqlite_event_log(shards, {.file = o.sqlite});
    return app::postgres_event_log(shards, {.url = o.postgres});
}

std::string work(engineio::shards& shards, app::event_log& log, const log_options& o, report& r) {
    if (o.work == log_work::fill) return fill_session(log, o, r);
    if (o.work == log_work::check) return check_session(log, o, r);
    return append_run(shards, log, o).run(r);
}

int run(const log_options& o) {
    engineio::http_server loop({.threads = 1});
    const auto log = open_log(loop.shards(), o);
    loop.start();
    report r;
    const std::string failure = work(loop.shards(), *log, o, r);
    loop.stop();
    std::puts(("{" + r.outcome(failure) + "}").c_str());
    return failure.empty() ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
    return run_program("bench_event_log", usage, [&] { return run(parse_options(argc, argv)); });
}
