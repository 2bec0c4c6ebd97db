#include "event_log/sqlite_connection.hpp"

#include <sqlite3.h>

namespace sockeye::app {

namespace {

constexpr int primary_code = 0xFF;

[[noreturn]] void fail(sqlite3* in, int result) {
    throw sqlite_error(in ? sqlite3_errmsg(in) : sqlite3_errstr(result), result & primary_code);
}

void check(sqlite3_stmt* statement, int result) {
    if (result != SQLITE_OK) fail(sqlite3_db_handle(statement), result);
}

} // namespace

sqlite_statement::sqlite_statement(sqlite3* in, std::string_view text)
    : statement_(nullptr, sqlite3_finalize) {
    sqlite3_stmt* made = nullptr;
    const int result = sqlite3_prepare_v3(in, text.data(), static_cast<int>(text.size()),
                                          SQLITE_PREPARE_PERSISTENT, &made, nullptr);
    if (result != SQLITE_OK) fail(in, result);
    statement_.reset(made);
}

void sqlite_statement::bind(int place, std::int64_t number) {
    check(statement_.get(), sqlite3_bind_int64(statement_.get(), place, number));
}

void sqlite_statement::bind(int place, std::string_view text) {
    check(statement_.get(), sqlite3_bind_text64(statement_.get(), place, text.data(), text.size(),
                                                SQLITE_STATIC, SQLITE_UTF8));
}

void sqlite_statement::bind(int place, const std::string* text) {
    if (text)
        bind(place, *text);
    else
        check(statement_.get(), sqlite3_bind_null(statement_.get(), place));
}

// It answers with the error of the run, which has been told already.
sqlite_rows::~sqlite_rows() {
    sqlite3_reset(of_);
}

bool sqlite_rows::next() {
    const int result = sqlite3_step(of_);
    if (result != SQLITE_ROW && result != SQLITE_DONE) fail(sqlite3_db_handle(of_), result);
    return result == SQLITE_ROW;
}

std::int64_t sqlite_rows::integer(int column) const {
    return sqlite3_column_int64(of_, column);
}

std::string sqlite_rows::text(int column) const {
    const auto* begin = sqlite3_column_text(of_, column);
    const int size = sqlite3_column_bytes(of_, column);
    return {reinterpret_cast<const char*>(begin), static_cast<std::size_t>(size)};
}

sqlite_connection::sqlite_connection(const std::string& file,
                                     std::chrono::milliseconds busy_timeout)
    : database_(nullptr, sqlite3_close_v2) {
    sqlite3* made = nullptr;
    const int result = sqlite3_open_v2(file.c_str(), &made,
                                       SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE |
                                           SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI,
                                       nullptr);
    database_.reset(made);
    if (result != SQLITE_OK) fail(made, result);
    sqlite3_busy_timeout(made, static_cast<int>(busy_timeout.count()));
}

void sqlite_connection::run(const std::string& statements) {
    const int result = sqlite3_exec(database_.get(), statements.c_str(), nullptr, nullptr, nullptr);
    if (result != SQLITE_OK) fail(database_.get(), result);
}

sqlite_statement sqlite_connection::prepare(std::string_view text) {
    return {database_.get(), text};
}

std::uint64_t sqlite_connection::changed() const {
    return static_cast<std::uint64_t>(sqlite3_changes64(database_.get()));
}

sqlite_transaction::sqlite_transaction(sqlite_connection& on) : on_(on) {
    on_.run("BEGIN IMMEDIATE");
}

sqlite_transaction::~sqlite_transaction() {
    if (!open_) return;
    try {
        on_.run("ROLLBACK");
    } catch (const sqlite_error&) {
        // SQLite has done it already.
    }
}

void sqlite_transaction::commit() {
    on_.run("COMMIT");
    open_ = false;
}

} // namespace sockeye::app
