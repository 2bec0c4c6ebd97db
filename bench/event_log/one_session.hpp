#pragma once

#include "../load/report.hpp"
#include "options.hpp"

#include <sockeye/app/event_log.hpp>

#include <string>

namespace sockeye::bench {

// Appends to one session, as one of several processes. Gives the failure, empty if there was none.
std::string fill_session(app::event_log& log, const log_options& o, report& r);
// Reads it from the beginning: numbers without a gap, and of each label its events, each once.
std::string check_session(app::event_log& log, const log_options& o, report& r);

} // namespace sockeye::bench
