#pragma once

#include <string>

namespace sockeye::engineio {

// 20 characters A-Z a-z 0-9 - _: 120 bits from the system's generator. From any thread.
std::string random_id();

} // namespace sockeye::engineio
