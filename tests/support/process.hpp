#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

namespace sockeye::testing {

struct process_surroundings {
    bool silent = false;                       // what it writes is thrown away
    int output = -1;                           // a descriptor that becomes its standard output
    std::vector<std::string> environment = {}; // "NAME=value", beside this program's
};

/// Begins to run it; the first word is a path or a name to be looked for. Throws std::system_error.
pid_t run_program(std::vector<std::string> words, const process_surroundings& in = {});

/// Its status, as waitpid has it.
int await_end(pid_t process);
bool has_ended(pid_t process); // it is gone then

} // namespace sockeye::testing
