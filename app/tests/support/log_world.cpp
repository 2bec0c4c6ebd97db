#include "support/log_world.hpp"

#include "event_log/postgres_connection.hpp"
#include "event_log/sqlite_connection.hpp"

namespace sockeye::app {

namespace {

bool is_postgres(const std::string& address) {
    return address.starts_with("postgresql:");
}

class sqlite_world final : public log_world {
public:
    std::unique_ptr<event_log> open(event_log_options options) override {
        return open_log(shards, address(), std::move(options));
    }
    std::vector<std::string> sql(const std::string& statement) override {
        sqlite_connection to(address(), testing::patience);
        auto asked = to.prepare(statement);
        auto rows = asked.query();
        std::vector<std::string> column;
        while (rows.next())
            column.push_back(rows.text(0));
        return column;
    }
    std::shared_ptr<void> hold() override {
        struct holder {
            explicit holder(const std::string& address) : to(address, testing::patience) {}
            sqlite_connection to;
            sqlite_transaction open{to};
        };
        return std::make_shared<holder>(address());
    }
    [[nodiscard]] std::string address() const override { return folder_.path() + "/log"; }

private:
    testing::temporary_folder folder_;
};

class postgres_world final : public log_world {
public:
    std::unique_ptr<event_log> open(event_log_options options) override {
        return open_log(shards, url_, std::move(options));
    }
    std::vector<std::string> sql(const std::string& statement) override {
        postgres_connection to(url_, testing::patience);
        const auto rows = to.run(statement.c_str());
        std::vector<std::string> column;
        for (int row = 0; row < rows.size(); ++row)
            column.push_back(rows.text(row, 0));
        return column;
    }
    std::shared_ptr<void> hold() override {
        auto to = std::make_shared<postgres_connection>(url_, testing::patience);
        to->run("BEGIN");
        to->run("LOCK TABLE sessions");
        return to;
    }
    [[nodiscard]] std::string address() const override { return url_; }

private:
    const std::string url_ = shared_postgres().make_database();
};

} // namespace

std::unique_ptr<log_world> make_sqlite_world() {
    return std::make_unique<sqlite_world>();
}

std::unique_ptr<log_world> make_postgres_world() {
    return std::make_unique<postgres_world>();
}

std::unique_ptr<event_log> open_log(engineio::shards& shards, const std::string& address,
                                    event_log_options options) {
    if (is_postgres(address))
        return postgres_event_log(shards, {.url = address}, std::move(options));
    return sqlite_event_log(shards, {.file = address}, std::move(options));
}

} // namespace sockeye::app
