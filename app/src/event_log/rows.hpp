#pragma once

#include <sockeye/app/event_log.hpp>

#include <variant>

/// What is written, as a database takes it. The last member of a row is what the database says.
namespace sockeye::app {

struct event_row {
    std::string session_id;
    std::string type;
    std::string data; // JSON
    std::string user_id;
    milliseconds timestamp{};
    std::uint64_t sequence_number = 0;
};

struct session_row {
    std::string session_id;
    std::string metadata; // JSON
    milliseconds timestamp{};
};

struct usage_row {
    std::string user_id;
    std::string month;
    std::string counter;
    std::int64_t amount = 0;
    std::int64_t total = 0; // with this one
};

using any_row = std::variant<event_row, session_row, usage_row>;

/// About what it takes in memory.
[[nodiscard]] std::size_t size_of(const any_row& of);

[[nodiscard]] std::string write_json(const socketio::value& from);
/// What somebody else has written, and is beyond what a value can hold, is handed out as text.
[[nodiscard]] socketio::value read_json(std::string_view text);

} // namespace sockeye::app
