#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace sockeye::socketio {

// The name of an event that handlers wait for. Thousands of sockets wait for the same few: each
// name is kept once, for as long as somebody has it. From any thread.
class event_name {
public:
    explicit event_name(std::string_view name);
    ~event_name();
    event_name(const event_name&) = delete;
    event_name& operator=(const event_name&) = delete;

    [[nodiscard]] const std::string& text() const { return kept_->first; }

private:
    using kept = std::pair<const std::string, std::size_t>; // with the number of its owners
    kept* kept_;
};

} // namespace sockeye::socketio
