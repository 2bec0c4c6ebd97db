#include "process_meter.hpp"

#include <ctime>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <unistd.h>

namespace sockeye::bench {
namespace {

std::ifstream open_proc(pid_t pid, const char* name) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/" + name);
    if (!file) throw std::runtime_error("process " + std::to_string(pid) + " is gone");
    return file;
}

double ticks_to_seconds(double ticks) {
    static const auto per_second = double(sysconf(_SC_CLK_TCK));
    return ticks / per_second;
}

// proc(5): the fields after the command, which may hold spaces, begin with the third.
void read_split(pid_t pid, cpu_reading& to) {
    std::string line;
    std::getline(open_proc(pid, "stat"), line);
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field)
        fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    to.user = ticks_to_seconds(user);
    to.system = ticks_to_seconds(system);
}

} // namespace

cpu_reading read_cpu(pid_t pid) {
    cpu_reading r;
    read_split(pid, r);
    clockid_t clock;
    timespec t{};
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        throw std::runtime_error("no CPU clock of process " + std::to_string(pid));
    r.total = double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
    return r;
}

std::uint64_t read_resident_kib(pid_t pid) {
    auto file = open_proc(pid, "smaps_rollup");
    for (std::string word; file >> word;)
        if (std::uint64_t kib = 0; word == "Rss:" && file >> kib) return kib;
    throw std::runtime_error("no memory figures of process " + std::to_string(pid));
}

machine_reading read_machine() {
    std::ifstream file("/proc/stat");
    std::string cpu;
    double user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0;
    file >> cpu >> user >> nice >> system >> idle >> wait >> irq >> softirq >> steal;
    machine_reading r;
    r.busy = ticks_to_seconds(user + nice + system + irq + softirq + steal);
    r.all = r.busy + ticks_to_seconds(idle + wait);
    return r;
}

cpu_reading operator-(const cpu_reading& a, const cpu_reading& b) {
    return {a.total - b.total, a.user - b.user, a.system - b.system};
}

machine_reading operator-(const machine_reading& a, const machine_reading& b) {
    return {a.busy - b.busy, a.all - b.all};
}

} // namespace sockeye::bench
