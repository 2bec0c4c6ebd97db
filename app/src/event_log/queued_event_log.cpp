#include "event_log/queued_event_log.hpp"

#include "event_log/row_checks.hpp"
#include "wall_clock.hpp"

#include <algorithm>

namespace sockeye::app {

namespace {

constexpr std::size_t max_page = 10'000;
constexpr std::size_t max_sessions = 1'000;
constexpr std::size_t removed_at_once = 20; // so that nobody waits long for them

logged_event event_of(const event_row& row) {
    return {.session_id = row.session_id,
            .sequence_number = row.sequence_number,
            .type = row.type,
            .data = read_json(row.data),
            .user_id = row.user_id,
            .timestamp = row.timestamp};
}

std::uint64_t remove_all_inactive(event_database& from, milliseconds before) {
    std::uint64_t all = 0;
    while (const std::uint64_t removed = from.remove_inactive(before, removed_at_once))
        all += removed;
    return all;
}

/// Removes what has not been used for `keep`, again and again while there are readers.
void sweep_later(engineio::shards& shards, const std::weak_ptr<reader_pool>& readers,
                 const event_log_options& options) {
    shards.post_after(0, options.sweep_interval, [&shards, readers, options] {
        const auto alive = readers.lock();
        if (!alive) return;
        const milliseconds before = options.now() - options.keep;
        const auto note = [log = options.log](const std::string& error) {
            log(engineio::log_level::warning, "event log: cannot remove old sessions: " + error);
        };
        alive->post({[before](event_database& from) { remove_all_inactive(from, before); }, note});
        sweep_later(shards, readers, options);
    });
}

} // namespace

event_log_options with_defaults(event_log_options options) {
    if (!options.now) options.now = wall_clock;
    if (!options.log) options.log = engineio::log_to_standard_error;
    options.readers = std::max(options.readers, 1U);
    return options;
}

queued_event_log::queued_event_log(engineio::shards& shards, connections databases,
                                   event_log_options options)
    : shards_(shards), options_(std::move(options)),
      readers_(
          std::make_shared<reader_pool>(std::move(databases.readers), options_.max_queued_reads)),
      writer_(std::move(databases.writer), options_) {
    if (options_.keep > milliseconds(0)) sweep_later(shards_, readers_, options_);
}

template<class Answer, class Row>
pending<Answer> queued_event_log::write(Row what, Answer (*answer_of)(const Row&)) {
    const socketio::resolver<Answer> answer(shards_);
    auto tell = [answer, answer_of](const std::string& error, const any_row& written) {
        if (error.empty())
            answer.resolve(answer_of(std::get<Row>(written)));
        else
            answer.fail(error);
    };
    writer_.write({.what = std::move(what), .answer = std::move(tell)});
    return answer.answer();
}

template<class Answer, class Ask>
pending<Answer> queued_event_log::read(Ask ask) {
    const socketio::resolver<Answer> answer(shards_);
    const auto fail = [answer](const std::string& error) { answer.fail(error); };
    readers_->post({[answer, ask](event_database& of) { answer.resolve(ask(of)); }, fail});
    return answer.answer();
}

void queued_event_log::close() {
    writer_.close();
    readers_->close();
}

pending<logged_event> queued_event_log::append(new_event what) {
    event_row row{.session_id = std::move(what.session_id),
                  .type = std::move(what.type),
                  .data = write_json(what.data),
                  .user_id = std::move(what.user_id),
                  .timestamp = options_.now()};
    check(row, std::min(options_.max_event_bytes, what.max_data_bytes));
    return write<logged_event>(std::move(row), event_of);
}

pending<bool> queued_event_log::put_session(std::string session_id, socketio::value metadata) {
    session_row row{.session_id = std::move(session_id),
                    .metadata = write_json(metadata),
                    .timestamp = options_.now()};
    check(row, options_.max_metadata_bytes);
    return write<bool>(
        std::move(row), +[](const session_row&) { return true; });
}

pending<std::int64_t> queued_event_log::add_usage(std::string user_id, std::string counter,
                                                  std::int64_t amount) {
    usage_row row{.user_id = std::move(user_id),
                  .month = month_of(options_.now()),
                  .counter = std::move(counter),
                  .amount = amount};
    check(row);
    return write<std::int64_t>(
        std::move(row), +[](const usage_row& written) { return written.total; });
}

pending<std::vector<logged_event>>
queued_event_log::events(std::string session_id, std::uint64_t after, std::size_t limit) {
    check_log_name(session_id, "session id");
    event_database::page page{.session_id = std::move(session_id),
                              .after = after,
                              .limit = std::clamp<std::size_t>(limit, 1, max_page),
                              .max_bytes = options_.max_page_bytes};
    return read<std::vector<logged_event>>(
        [page = std::move(page)](event_database& of) { return of.events(page); });
}

pending<std::vector<logged_session>> queued_event_log::active_sessions(milliseconds since) {
    return read<std::vector<logged_session>>(
        [since](event_database& of) { return of.active_sessions(since, max_sessions); });
}

pending<std::uint64_t> queued_event_log::remove_inactive(milliseconds before) {
    return read<std::uint64_t>(
        [before](event_database& from) { return remove_all_inactive(from, before); });
}

pending<usage_totals> queued_event_log::usage(std::string user_id, std::string month) {
    check_log_name(user_id, "user id");
    check_log_name(month, "month");
    return read<usage_totals>([user_id = std::move(user_id), month = std::move(month)](
                                  event_database& of) { return of.usage(user_id, month); });
}

} // namespace sockeye::app
