#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

/// SQLite, as far as it is needed.
namespace sockeye::app {

class sqlite_error : public std::runtime_error {
public:
    sqlite_error(const std::string& what, int result_code)
        : std::runtime_error(what), code(result_code) {}

    int code; // without what SQLite adds to it in the higher bits
};

/// What a statement answers, row by row. It rests again when this ends.
class sqlite_rows {
public:
    explicit sqlite_rows(sqlite3_stmt* of) : of_(of) {}
    ~sqlite_rows();
    sqlite_rows(const sqlite_rows&) = delete;
    sqlite_rows& operator=(const sqlite_rows&) = delete;

    /// Goes to the next row; false: there is none.
    bool next();
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] std::string text(int column) const; // empty where it is null

private:
    sqlite3_stmt* of_;
};

/// A statement with parameters ?1, ?2, …, to be run any number of times.
class sqlite_statement {
public:
    sqlite_statement(sqlite3* in, std::string_view text);

    /// The parameters must outlive the rows.
    template<class... Parameters>
    [[nodiscard]] sqlite_rows query(const Parameters&... parameters) {
        int place = 0;
        (bind(++place, parameters), ...);
        return sqlite_rows(statement_.get());
    }
    template<class... Parameters>
    void run(const Parameters&... parameters) {
        sqlite_rows rows = query(parameters...);
        while (rows.next()) {
        }
    }

private:
    void bind(int place, std::int64_t number);
    void bind(int place, std::string_view text);
    void bind(int place, const std::string& text) { bind(place, std::string_view(text)); }
    void bind(int place, const std::string* text); // may be null

    std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement_;
};

/// For one thread at a time.
class sqlite_connection {
public:
    /// `file`: a path, or a URI. Makes the file where there is none.
    sqlite_connection(const std::string& file, std::chrono::milliseconds busy_timeout);

    /// Statements without parameters, one after the other.
    void run(const std::string& statements);
    [[nodiscard]] sqlite_statement prepare(std::string_view text);
    [[nodiscard]] std::uint64_t changed() const; // rows, by the last statement

private:
    std::unique_ptr<sqlite3, int (*)(sqlite3*)> database_;
};

/// Taken back unless it is committed. Begins by waiting until nobody else writes.
class sqlite_transaction {
public:
    explicit sqlite_transaction(sqlite_connection& on);
    ~sqlite_transaction();
    sqlite_transaction(const sqlite_transaction&) = delete;
    sqlite_transaction& operator=(const sqlite_transaction&) = delete;

    void commit();

private:
    sqlite_connection& on_;
    bool open_ = true;
};

} // namespace sockeye::app
