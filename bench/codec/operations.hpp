#pragma once

#include <cstdlib>
#include <functional>
#include <map>
#include <string>

namespace sockeye::bench {

// By name. An operation starts from what a connection has: bytes just read, or a message of the
// application. Those that change their input, as unmasking does, copy it first; `copy-70` says what
// that costs.
using operations = std::map<std::string, std::function<void()>>;

operations engineio_operations();
operations socketio_operations();
operations server_operations();

// The optimiser must believe that somebody looks at the result.
template<class T>
void keep(const T& value) {
    asm volatile("" : : "g"(&value) : "memory");
}

inline void must(bool condition) {
    if (!condition) std::abort(); // a benchmark of something that fails says nothing
}

} // namespace sockeye::bench
