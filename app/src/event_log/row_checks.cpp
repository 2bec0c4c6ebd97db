#include "event_log/row_checks.hpp"

#include "codec/text.hpp"
#include "names.hpp"

namespace sockeye::app {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw service_error("BAD_REQUEST", why);
}

void check_size(std::string_view json, std::size_t most, const std::string& what) {
    if (json.size() > most) refuse(what + " of more than " + std::to_string(most) + " bytes");
}

} // namespace

void check_log_name(std::string_view text, std::string_view what) {
    if (!is_name(text) || !socketio::is_utf8(text))
        refuse("expected as " + std::string(what) + ' ' + std::string(name_rule));
}

void check(const event_row& row, std::size_t max_data_bytes) {
    check_log_name(row.session_id, "session id");
    check_log_name(row.type, "event type");
    if (!row.user_id.empty()) check_log_name(row.user_id, "user id");
    check_size(row.data, max_data_bytes, "event data");
}

void check(const session_row& row, std::size_t max_metadata_bytes) {
    check_log_name(row.session_id, "session id");
    check_size(row.metadata, max_metadata_bytes, "metadata");
}

void check(const usage_row& row) {
    check_log_name(row.user_id, "user id");
    check_log_name(row.counter, "counter");
    if (row.amount < 0 || row.amount > max_usage_amount) refuse("expected as amount 0 to 10^12");
}

} // namespace sockeye::app
