#include "event_log/postgres_connection.hpp"

#include "event_log/postgres_url.hpp"
#include "one_line.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <libpq-fe.h>
#include <poll.h>
#include <vector>

namespace sockeye::app {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

std::string words_of(const char* message) {
    std::string words(message);
    while (!words.empty() && words.back() == '\n')
        words.pop_back();
    return one_line(std::move(words));
}

void ignore_notice(void* /*unused*/, const PGresult* /*notice*/) {}

// The server gives up by itself before we do, so that no statement is left running there.
constexpr milliseconds time_to_say_so(1000);

} // namespace

postgres_rows::postgres_rows(pg_result* of) : rows_(of, PQclear) {}

int postgres_rows::size() const {
    return PQntuples(rows_.get());
}

std::string postgres_rows::text(int row, int column) const {
    const int size = PQgetlength(rows_.get(), row, column);
    return {PQgetvalue(rows_.get(), row, column), static_cast<std::size_t>(size)};
}

std::int64_t postgres_rows::integer(int row, int column) const {
    const char* begin = PQgetvalue(rows_.get(), row, column);
    std::int64_t number = 0;
    std::from_chars(begin, begin + PQgetlength(rows_.get(), row, column), number);
    return number;
}

std::uint64_t postgres_rows::changed() const {
    const char* begin = PQcmdTuples(rows_.get());
    std::uint64_t number = 0;
    std::from_chars(begin, begin + std::strlen(begin), number);
    return number;
}

// What the URL says comes later, and so counts more, than what comes before it here. The call
// waits, since only then libpq goes from a host that does not answer to the next.
postgres_connection::postgres_connection(const std::string& url, milliseconds timeout)
    : connection_(nullptr, PQfinish), timeout_(timeout) {
    check_postgres_url(url);
    const std::string seconds =
        std::to_string(std::max<milliseconds::rep>(2, timeout.count() / 1000));
    constexpr std::array names{"connect_timeout", "fallback_application_name", "dbname",
                               "client_encoding", static_cast<const char*>(nullptr)};
    const std::array values{seconds.c_str(), "sockeye", url.c_str(), "UTF8",
                            static_cast<const char*>(nullptr)};
    connection_.reset(PQconnectdbParams(names.data(), values.data(), 1));
    if (PQstatus(connection_.get()) != CONNECTION_OK) fail();
    PQsetNoticeReceiver(connection_.get(), ignore_notice, nullptr);
    PQsetnonblocking(connection_.get(), 1);
    prepare_session();
}

// An acknowledged event must survive a crash, whatever is usual there.
void postgres_connection::prepare_session() {
    const std::string limit = std::to_string(timeout_.count());
    run("SELECT set_config('statement_timeout', $1, false), "
        "set_config('idle_in_transaction_session_timeout', $1, false)",
        {limit});
    run("SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') = 'off'");
}

postgres_rows postgres_connection::run(const char* statement, postgres_parameters parameters) {
    std::vector<const char*> values;
    for (const auto& parameter : parameters)
        values.push_back(parameter ? parameter->c_str() : nullptr);
    if (PQsendQueryParams(connection_.get(), statement, static_cast<int>(values.size()), nullptr,
                          values.data(), nullptr, nullptr, 0) != 1)
        fail();
    return answer();
}

void postgres_connection::run_all(const char* statements) {
    if (PQsendQuery(connection_.get(), statements) != 1) fail();
    answer();
}

bool postgres_connection::in_transaction() const {
    const auto status = PQtransactionStatus(connection_.get());
    return status == PQTRANS_INTRANS || status == PQTRANS_INERROR;
}

// The last result counts, or the first that is an error; there must be no more before the next
// statement.
postgres_rows postgres_connection::answer() {
    const deadline until = steady_clock::now() + timeout_ + time_to_say_so;
    send_all(until);
    postgres_rows last(nullptr);
    std::optional<postgres_error> error;
    while (pg_result* result = next_result(until)) {
        last = postgres_rows(result);
        if (PQresultStatus(result) != PGRES_FATAL_ERROR || error) continue;
        const char* code = PQresultErrorField(result, PG_DIAG_SQLSTATE);
        error.emplace(words_of(PQresultErrorMessage(result)), code ? code : "");
    }
    if (error) throw *error;
    return last;
}

void postgres_connection::send_all(deadline until) {
    int left = 0;
    while ((left = PQflush(connection_.get())) == 1) {
        wait_for(POLLIN | POLLOUT, until);
        read_more(); // the server may want to be heard before it reads on
    }
    if (left != 0) fail();
}

pg_result* postgres_connection::next_result(deadline until) {
    while (PQisBusy(connection_.get()) == 1) {
        wait_for(POLLIN, until);
        read_more();
    }
    return PQgetResult(connection_.get());
}

void postgres_connection::read_more() {
    if (PQconsumeInput(connection_.get()) != 1) fail();
}

void postgres_connection::wait_for(short events, deadline until) {
    pollfd at{.fd = PQsocket(connection_.get()), .events = events, .revents = 0};
    const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
    const int ready = ::poll(&at, 1, std::max(0, static_cast<int>(left.count())));
    if (ready == 0) throw postgres_error("no answer in time", {});
    if (ready < 0 && errno != EINTR) throw postgres_error("poll failed", {});
}

void postgres_connection::fail() const {
    throw postgres_error(words_of(PQerrorMessage(connection_.get())), {});
}

postgres_transaction::postgres_transaction(postgres_connection& on) : on_(on) {
    on_.run("BEGIN ISOLATION LEVEL READ COMMITTED");
}

postgres_transaction::~postgres_transaction() {
    if (!on_.in_transaction()) return;
    try {
        on_.run("ROLLBACK");
    } catch (const postgres_error&) {
        // The connection is of no use any more, which whoever uses it next finds out.
    }
}

void postgres_transaction::commit() {
    on_.run("COMMIT");
}

} // namespace sockeye::app
