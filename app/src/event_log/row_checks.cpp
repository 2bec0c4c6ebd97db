#include "event_log/row_checks.hpp"

#include "codec/text.hpp"
#include "names.hpp"

namespace sockeye::app {

namespace {

std::string wrong_with_size(std::string_view json, std::size_t most, const std::string& what) {
    if (json.size() <= most) return {};
    return what + " of more than " + std::to_string(most) + " bytes";
}

std::string first_of(std::initializer_list<std::string> problems) {
    for (const std::string& problem : problems)
        if (!problem.empty()) return problem;
    return {};
}

} // namespace

std::string wrong_with_name(std::string_view text, const std::string& what) {
    if (is_name(text) && socketio::is_utf8(text)) return {};
    return "expected as " + what + ' ' + std::string(name_rule);
}

std::string wrong_with(const event_row& row, const event_log_options& options) {
    return first_of({wrong_with_name(row.session_id, "session id"),
                     wrong_with_name(row.type, "event type"),
                     row.user_id.empty() ? "" : wrong_with_name(row.user_id, "user id"),
                     wrong_with_size(row.data, options.max_event_bytes, "event data")});
}

std::string wrong_with(const session_row& row, const event_log_options& options) {
    return first_of({wrong_with_name(row.session_id, "session id"),
                     wrong_with_size(row.metadata, options.max_metadata_bytes, "metadata")});
}

std::string wrong_with(const usage_row& row, const event_log_options& /*options*/) {
    const bool in_range = row.amount >= 0 && row.amount <= max_usage_amount;
    return first_of({wrong_with_name(row.user_id, "user id"),
                     wrong_with_name(row.counter, "counter"),
                     in_range ? "" : "expected as amount 0 to 10^12"});
}

} // namespace sockeye::app
