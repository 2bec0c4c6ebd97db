#include "event_log/postgres_connection.hpp"
#include "event_log/postgres_url.hpp"
#include "support/log_world.hpp"

#include <doctest/doctest.h>

#include <mutex>

namespace sockeye::app {

using namespace std::chrono_literals;

namespace {

const std::vector<std::string> wrong_urls{
    "postgresql://me:secret[@127.0.0.1:notaport/db", "postgresql://me:secret%zz@127.0.0.1/db",
    "postgresql://me:se@secret@127.0.0.1/db",        "postgresql://me:1/secret@127.0.0.1/db",
    "postgresql://me:secret@[127.0.0.1/db",          "postgresql://me:secret/db",
    "postgresql://me@127.0.0.1/db?passwort=secret",  "me:secret@127.0.0.1",
};

} // namespace

TEST_CASE("event log: the URL of a database that cannot be read is refused without a word of it") {
    for (const std::string& url : wrong_urls) {
        CAPTURE(url);
        CHECK_THROWS_WITH_AS(check_postgres_url(url),
                             "the URL of the database is not valid (in a password, @ and / are "
                             "written as %40 and %2F)",
                             postgres_error);
    }
}

TEST_CASE("event log: the URL of a database may be all that libpq can read") {
    for (const char* url :
         {"postgresql://me:p%40ss%2Fword@127.0.0.1:5433/db", "postgres://one:1,two:2/db",
          "postgresql:///db?host=/run/postgresql", "postgresql://me@[::1]/db?sslmode=require",
          "postgresql:///db?host=@abstract", "host=127.0.0.1 user=me password=secret"}) {
        CAPTURE(url);
        CHECK_NOTHROW(check_postgres_url(url));
    }
}

TEST_CASE("event log: neither the log nor an error shows the password of the database") {
    std::vector<std::string> urls = wrong_urls;
    urls.emplace_back("postgresql://me:secret@127.0.0.1:1/db");          // nobody there
    urls.emplace_back("postgresql://me:secret@/db?host=/nonexistent");   // no such socket
    urls.emplace_back("postgresql://me@127.0.0.1:1/db?password=secret"); // in the query
    const std::string server = shared_postgres().url("nosuchdatabase");  // refused by the server
    urls.push_back("postgresql://sockeye:secret" + server.substr(server.find('@')));
    for (const std::string& url : urls) {
        std::mutex mutex;
        std::string said;
        testing::manual_shards shards;
        event_log_options options{.max_wait = 50ms};
        options.log = [&](engineio::log_level, std::string_view line) {
            const std::lock_guard lock(mutex);
            said += line;
        };
        std::string failure;
        {
            const auto log = postgres_event_log(shards, {.url = url}, options);
            try {
                wait(log->append({.session_id = "s", .type = "t"}));
            } catch (const socketio::operation_error& error) {
                failure = error.what();
            }
        }
        CAPTURE(failure);
        CAPTURE(said);
        CHECK(failure.find("PostgreSQL is away") != failure.npos);
        CHECK(said.find("PostgreSQL is away") != said.npos);
        CHECK((failure + said).find("secret") == said.npos);
    }
}

} // namespace sockeye::app
