#pragma once

#include "raw_client.hpp"
#include "support/manual_shards.hpp"
#include "support/postgres_server.hpp"
#include "support/service_world.hpp"

#include <sockeye/app/postgres_event_log.hpp>
#include <sockeye/app/sqlite_event_log.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sockeye::app {

/// An empty database, and logs over it: each stands for an instance of its own.
class log_world {
public:
    virtual ~log_world() = default;

    virtual std::unique_ptr<event_log> open(event_log_options options = {}) = 0;
    /// As another program would; the first column of what is answered.
    virtual std::vector<std::string> sql(const std::string& statement) = 0;
    /// Nobody can write until what this returns has ended.
    virtual std::shared_ptr<void> hold() = 0;
    /// For a program that is to open the same: see open_log.
    [[nodiscard]] virtual std::string address() const = 0;

    testing::manual_shards shards;
};

std::unique_ptr<log_world> make_sqlite_world();
/// Over a server that the whole program shares.
std::unique_ptr<log_world> make_postgres_world();

/// A database by its address.
std::unique_ptr<event_log> open_log(engineio::shards& shards, const std::string& address,
                                    event_log_options options);

/// Runs the case once over each database.
template<class Case>
void over_each_database(Case run) {
    SUBCASE("sqlite") {
        run(*make_sqlite_world());
    }
    SUBCASE("postgres") {
        run(*make_postgres_world());
    }
}

/// Waits for the answer; throws operation_error where there is none.
template<class T>
T wait(const pending<T>& answer) {
    return wait([](pending<T> of) -> task<T> { co_return co_await of; }(answer));
}

} // namespace sockeye::app
