#pragma once

#include <sockeye/app/rooms.hpp>

#include <string>
#include <string_view>

namespace sockeye::app {

/// What is kept of a room, and what may become of it. Whatever else others have written into it
/// stays.
class room_document {
public:
    room_document(const std::string& room, sharing_mode mode, milliseconds now);
    /// Throws service_error for what is no room.
    static room_document parse(const std::string& room, std::string_view text,
                               const rooms_options& limits);

    // Each says whether it has changed anything, and throws service_error before it does.
    bool add(const std::string& user, const std::optional<socketio::value>& metadata,
             milliseconds now, const rooms_options& limits);
    bool remove(const std::string& user);
    bool set_sharing(const std::string& user, bool sharing);
    bool set_mode(sharing_mode mode);
    /// After changes, before the text is written. The time of the last one always grows.
    void stamp(milliseconds now);

    [[nodiscard]] std::string text() const;
    [[nodiscard]] const socketio::object& content() const { return content_.as_object(); }
    [[nodiscard]] std::size_t count_participants() const { return participants().size(); }
    [[nodiscard]] std::size_t count_sharing() const;

private:
    room_document(socketio::value content, std::size_t bytes)
        : content_(std::move(content)), bytes_(bytes) {}

    [[nodiscard]] socketio::array& participants();
    [[nodiscard]] const socketio::array& participants() const;
    [[nodiscard]] socketio::value* find(const std::string& user);
    bool replace_metadata(socketio::value& participant, const socketio::value& with,
                          const rooms_options& limits);
    void grow(std::size_t bytes, const rooms_options& limits);

    socketio::value content_; // an object with an array of participants, each with a userId
    std::size_t bytes_ = 0;   // of its text, about
};

/// As it will be read back; throws BAD_REQUEST for what no room can hold.
socketio::value checked_metadata(const socketio::value& given, const rooms_options& limits);

} // namespace sockeye::app
