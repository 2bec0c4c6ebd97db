#pragma once

#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

struct pg_conn;
struct pg_result;

/// libpq, as far as it is needed.
namespace sockeye::app {

class postgres_error : public std::runtime_error {
public:
    postgres_error(const std::string& what, std::string sql_state)
        : std::runtime_error(what), code(std::move(sql_state)) {}

    std::string code; // five characters; empty: not the database's words
};

class postgres_rows {
public:
    explicit postgres_rows(pg_result* of);

    [[nodiscard]] int size() const;
    [[nodiscard]] std::string text(int row, int column) const; // empty where it is null
    [[nodiscard]] std::int64_t integer(int row, int column) const;
    [[nodiscard]] std::uint64_t changed() const; // rows, by a statement that writes

private:
    std::unique_ptr<pg_result, void (*)(pg_result*)> rows_;
};

using postgres_parameters = std::initializer_list<std::optional<std::string>>;

/// For one thread at a time. Members wait, but never for much longer than `timeout`.
class postgres_connection {
public:
    /// Connects.
    postgres_connection(const std::string& url, std::chrono::milliseconds timeout);

    /// With parameters $1, $2, …
    postgres_rows run(const char* statement, postgres_parameters parameters = {});
    /// Statements without parameters, one after the other.
    void run_all(const char* statements);
    /// Whether a transaction is open here, be it one in which a statement has failed.
    [[nodiscard]] bool in_transaction() const;

private:
    using deadline = std::chrono::steady_clock::time_point;

    void prepare_session();
    postgres_rows answer();
    void send_all(deadline until);
    pg_result* next_result(deadline until);
    void wait_for(short events, deadline until);
    void read_more();
    [[noreturn]] void fail() const;

    std::unique_ptr<pg_conn, void (*)(pg_conn*)> connection_;
    const std::chrono::milliseconds timeout_;
};

/// Taken back unless it is committed.
class postgres_transaction {
public:
    explicit postgres_transaction(postgres_connection& on);
    ~postgres_transaction();
    postgres_transaction(const postgres_transaction&) = delete;
    postgres_transaction& operator=(const postgres_transaction&) = delete;

    void commit();

private:
    postgres_connection& on_;
};

} // namespace sockeye::app
