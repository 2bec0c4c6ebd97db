#pragma once

#include <cstdint>
#include <sys/types.h>

namespace sockeye::bench {

// What the kernel says of a process, whatever the process says of itself. Times in seconds.
struct cpu_reading {
    double total = 0; // the process CPU clock, in nanosecond steps
    double user = 0;  // the split is only known in ticks of 10 ms
    double system = 0;
};

struct machine_reading {
    double busy = 0; // of all processors together, steal included
    double all = 0;
};

// These throw std::runtime_error if the process is gone.
cpu_reading read_cpu(pid_t pid);
std::uint64_t read_resident_kib(pid_t pid);

machine_reading read_machine();

cpu_reading operator-(const cpu_reading& a, const cpu_reading& b);
machine_reading operator-(const machine_reading& a, const machine_reading& b);

} // namespace sockeye::bench
