// bench_app_load: drives the services of sockeye-server, or of a server with the same events, from
// a process of its own, on one thread. What is lost, doubled or refused spoils the run.
#include "options.hpp"
#include "runs.hpp"

#include <cstdio>

namespace {

using namespace sockeye::bench;

int run(const app_options& o) {
    driver on;
    report r;
    switch (o.of) {
    case service::state:
        run_state(on, o, r);
        break;
    case service::memory:
        run_memory(on, o, r);
        break;
    case service::broadcast:
        run_broadcast(on, o, r);
        break;
    case service::clock:
        run_clock(on, o, r);
        break;
    }
    std::puts(("{" + r.outcome(on.board.failure) + "}").c_str());
    return on.board.failure.empty() ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
    return run_program("bench_app_load", usage, [&] { return run(parse_options(argc, argv)); });
}
