#pragma once

#include <sockeye/app/store.hpp>
#include <sockeye/engineio/log.hpp>
#include <sockeye/engineio/shards.hpp>
#include <sockeye/socketio/task.hpp>

#include <functional>
#include <stdexcept>
#include <string>
#include <utility>

namespace sockeye::app {

using socketio::pending;
using socketio::task;

// What every service stands on. Outlives them.
struct context {
    store& state;
    engineio::shards& shards;          // for timers, and where answers are awaited
    std::function<milliseconds()> now; // since the epoch, by the wall clock
    std::string node; // this instance's id, unlike all others', also after a restart
    std::function<void(engineio::log_level, std::string_view)> log;
};

// What a caller is told: `code` is for programs, such as "ROOM_NOT_FOUND", the text for people.
class service_error : public std::runtime_error {
public:
    service_error(std::string error_code, const std::string& message,
                  socketio::object error_details = {})
        : std::runtime_error(message), code(std::move(error_code)),
          details(std::move(error_details)) {}

    std::string code;
    socketio::object details; // further members of the error, such as "retryAfterMs"
};

} // namespace sockeye::app
