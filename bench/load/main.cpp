// bench_load: drives an Engine.IO or Socket.IO server from a process of its own, on one thread, and
// reads from the kernel what that costs the server. Every message that comes is compared with the
// one that is due.
#include "options.hpp"
#include "report.hpp"
#include "workloads.hpp"

#include <cstdio>
#include <exception>
#include <sys/resource.h>

namespace {

using namespace sockeye::bench;

void raise_descriptor_limit() {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

int run(const load_options& o) {
    raise_descriptor_limit();
    report r;
    const std::string failure = load_run(o).run(r);
    std::puts(r.to_json(o, failure).c_str());
    return failure.empty() ? 0 : 2;
}

} // namespace

int main(int argc, char** argv) {
    try {
        return run(parse_options(argc, argv));
    } catch (const usage_error& e) {
        std::fprintf(stderr, "bench_load: %s\n\n%s", e.what(), usage);
    } catch (const std::exception& e) {
        std::fprintf(stderr, "bench_load: %s\n", e.what());
    }
    return 1;
}
