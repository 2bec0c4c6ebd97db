#pragma once

#include "../load/driver.hpp"
#include "../load/report.hpp"
#include "options.hpp"

namespace sockeye::bench {

// Each opens its clients on `on`, does its work, and adds figures; what is spoilt is told to the
// board.
void run_state(driver& on, const app_options& o, report& r);
void run_memory(driver& on, const app_options& o, report& r);
void run_broadcast(driver& on, const app_options& o, report& r);
void run_clock(driver& on, const app_options& o, report& r);

} // namespace sockeye::bench
