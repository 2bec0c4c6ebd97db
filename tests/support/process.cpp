#include "process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace sockeye::testing {

namespace {

std::vector<char*> pointers_to(std::vector<std::string>& words) {
    std::vector<char*> all;
    for (std::string& word : words)
        all.push_back(word.data());
    return all;
}

/// What becomes of the descriptors of the new process.
class file_actions {
public:
    explicit file_actions(const process_surroundings& in) {
        posix_spawn_file_actions_init(&actions);
        if (in.output >= 0) posix_spawn_file_actions_adddup2(&actions, in.output, STDOUT_FILENO);
        if (!in.silent) return;
        for (const int each : {STDOUT_FILENO, STDERR_FILENO})
            posix_spawn_file_actions_addopen(&actions, each, "/dev/null", O_WRONLY, 0);
    }
    ~file_actions() { posix_spawn_file_actions_destroy(&actions); }
    file_actions(const file_actions&) = delete;
    file_actions& operator=(const file_actions&) = delete;

    posix_spawn_file_actions_t actions{};
};

} // namespace

pid_t run_program(std::vector<std::string> words, const process_surroundings& in) {
    auto more = in.environment;
    std::vector<char*> environment = pointers_to(more);
    for (char** each = environ; *each != nullptr; ++each)
        environment.push_back(*each);
    environment.push_back(nullptr);
    std::vector<char*> arguments = pointers_to(words);
    arguments.push_back(nullptr);

    const file_actions files(in);
    pid_t process = 0;
    const int failure = ::posix_spawnp(&process, arguments[0], &files.actions, nullptr,
                                       arguments.data(), environment.data());
    if (failure != 0)
        throw std::system_error(failure, std::generic_category(), "cannot run " + words[0]);
    return process;
}

int await_end(pid_t process) {
    int status = 0;
    ::waitpid(process, &status, 0);
    return status;
}

bool has_ended(pid_t process) {
    return ::waitpid(process, nullptr, WNOHANG) == process;
}

} // namespace sockeye::testing
