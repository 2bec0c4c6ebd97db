#include "codec/json.hpp"

#include <sockeye/app/event_log.hpp>

#include <array>
#include <cstdio>

namespace sockeye::app {

std::string month_of(milliseconds since_epoch) {
    using namespace std::chrono;
    const auto day = floor<days>(sys_time<milliseconds>(since_epoch));
    const year_month_day date(day);
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02u", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()));
    return text.data();
}

task<latest_data> replay(event_log& log, std::string session_id) {
    const auto keep_latest = [](latest_data state, const logged_event& event) {
        state.insert_or_assign(event.type, event.data);
        return state;
    };
    co_return co_await replay(log, std::move(session_id), latest_data(), keep_latest);
}

std::string to_json_line(const logged_event& event) {
    std::string text = R"({"session_id":)";
    socketio::append_json_string(text, event.session_id);
    text += R"(,"sequence_number":)" + std::to_string(event.sequence_number);
    text += R"(,"event_type":)";
    socketio::append_json_string(text, event.type);
    text += R"(,"event_data":)";
    socketio::append_json(text, event.data);
    text += R"(,"user_id":)";
    socketio::append_json(text, event.user_id.empty() ? socketio::value() : event.user_id);
    text += R"(,"timestamp":)" + std::to_string(event.timestamp.count()) + "}\n";
    return text;
}

task<written_transcript> export_transcript(event_log& log, std::string session_id,
                                           std::function<void(std::string_view lines)> write,
                                           std::uint64_t after, std::size_t max_bytes) {
    written_transcript written{.last = after};
    std::size_t bytes = 0;
    while (bytes < max_bytes) {
        const auto page = co_await log.events(session_id, written.last);
        written.complete = page.empty();
        if (written.complete) break;
        std::string lines;
        for (const logged_event& event : page)
            lines += to_json_line(event);
        write(lines);
        bytes += lines.size();
        written.events += page.size();
        written.last = page.back().sequence_number;
    }
    co_return written;
}

} // namespace sockeye::app
