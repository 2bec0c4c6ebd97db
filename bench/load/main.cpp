// bench_load: drives an Engine.IO or Socket.IO server from a process of its own, on one thread, and
// reads from the kernel what that costs the server. Every message that comes is compared with the
// one that is due.
#include "options.hpp"
#include "report.hpp"
#include "workloads.hpp"

#include <cstdio>

namespace {

using namespace sockeye::bench;

std::string described(const load_options& o) {
    std::string r = "\"label\":" + quoted(o.label) + ",\"mode\":\"" + name_of(o.mode) + "\"";
    r += ",\"conns\":" + std::to_string(o.conns) + ",\"inflight\":" + std::to_string(o.inflight);
    r += ",\"size\":" + std::to_string(o.size);
    return r + ",\"over_polling\":" + (o.over_polling ? "true" : "false");
}

int run(const load_options& o) {
    report r;
    const std::string failure = load_run(o).run(r);
    std::puts(("{" + described(o) + "," + r.outcome(failure) + "}").c_str());
    return failure.empty() ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
    return run_program("bench_load", usage, [&] { return run(parse_options(argc, argv)); });
}
