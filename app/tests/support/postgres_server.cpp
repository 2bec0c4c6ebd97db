#include "support/postgres_server.hpp"

#include "event_log/postgres_connection.hpp"
#include "process.hpp"
#include "raw_client.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <pwd.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace sockeye::app {

namespace {

constexpr const char* account = "postgres"; // its package's

/// Where the package puts what users need not call.
std::string program(const std::string& name) {
    std::vector<std::string> found;
    for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql"))
        found.push_back(version.path() / "bin" / name);
    if (found.empty()) throw std::runtime_error("PostgreSQL is not installed");
    return *std::ranges::max_element(found);
}

/// PostgreSQL refuses to run as root.
std::vector<std::string> as_its_user(std::vector<std::string> words) {
    if (::geteuid() != 0) return words;
    const std::string user = account;
    std::vector<std::string> all{"setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups",
                                 "--"};
    all.insert(all.end(), words.begin(), words.end());
    return all;
}

void give_to_its_user(const std::string& folder) {
    if (::geteuid() != 0) return;
    const passwd* user = ::getpwnam(account);
    if (!user || ::chown(folder.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("cannot give a folder to the user postgres");
}

bool answers(const std::string& url) {
    try {
        postgres_connection(url, testing::patience);
        return true;
    } catch (const postgres_error&) {
        return false;
    }
}

} // namespace

postgres_server::postgres_server() {
    give_to_its_user(folder_.path());
    const pid_t made =
        testing::run_program(as_its_user({program("initdb"), "--pgdata=" + folder_.path() + "/data",
                                          "--username=sockeye", "--auth=trust", "--encoding=UTF8",
                                          "--no-locale", "--no-sync"}),
                             {.silent = true});
    if (testing::await_end(made) != 0) throw std::runtime_error("initdb failed");
    start();
}

postgres_server::~postgres_server() {
    kill();
}

std::string postgres_server::url(std::string_view database) const {
    return "postgresql://sockeye@/" + std::string(database) + "?host=" + folder_.path();
}

std::string postgres_server::make_database() {
    const std::string name = "test" + std::to_string(++databases_);
    postgres_connection(url(), testing::patience).run_all(("CREATE DATABASE " + name).c_str());
    return url(name);
}

/// One that was killed leaves processes behind, which may keep the next from starting for a moment.
void postgres_server::start() {
    const auto deadline = std::chrono::steady_clock::now() + 2 * testing::patience;
    do {
        if (process_ == 0)
            process_ = testing::run_program(
                as_its_user({program("postgres"), "-D", folder_.path() + "/data", "-k",
                             folder_.path(), "-c", "listen_addresses=", "-c",
                             "max_connections=200"}),
                {.silent = true});
        if (answers(url())) return;
        if (testing::has_ended(process_)) process_ = 0;
        std::this_thread::yield();
    } while (std::chrono::steady_clock::now() < deadline);
    throw std::runtime_error("postgres does not start");
}

void postgres_server::kill() {
    if (process_ == 0) return;
    signal_all(SIGKILL);
    testing::await_end(process_);
    process_ = 0;
}

void postgres_server::pause() {
    signal_all(SIGSTOP);
}

void postgres_server::resume() {
    signal_all(SIGCONT);
}

/// The parent gets the signal before its children: else it would notice one that died and start
/// another in its place.
void postgres_server::signal_all(int signal) const {
    for (const pid_t process : processes())
        ::kill(process, signal);
}

std::vector<pid_t> postgres_server::processes() const {
    std::vector<pid_t> all{process_};
    const std::string of = std::to_string(process_);
    std::ifstream children("/proc/" + of + "/task/" + of + "/children");
    for (pid_t child = 0; children >> child;)
        all.push_back(child);
    return all;
}

postgres_server& shared_postgres() {
    static postgres_server server;
    return server;
}

} // namespace sockeye::app
