#include "server/clock_events.hpp"

#include <optional>
#include <utility>

namespace sockeye::app {

using socketio::field;
using socketio::object;
using socketio::socket;
using socketio::value;

namespace {

struct clock_request {
    std::string id;
    std::optional<double> tempo;
    std::optional<std::int64_t> position;
    static constexpr auto fields() {
        return std::tuple{field{"sessionId", &clock_request::id},
                          field{"tempo", &clock_request::tempo},
                          field{"positionMs", &clock_request::position}};
    }
};

struct ping_request {
    double client_time = 0;
    static constexpr auto fields() {
        return std::tuple{field{"clientTime", &ping_request::client_time}};
    }
};

clock_request clock_in(const value& argument) {
    auto asked = read<clock_request>(argument);
    checked_name(asked.id, "sessionId");
    return asked;
}

template<class T>
T needed(const std::optional<T>& from, const char* name) {
    if (!from) throw service_error("BAD_REQUEST", "'" + std::string(name) + "' is missing");
    return *from;
}

object to_object(const clock_state& from) {
    return {{"sessionId", from.session_id},
            {"isPlaying", from.is_playing},
            {"tempo", from.tempo},
            {"positionMs", from.position.count()},
            {"startTime", from.start_time.count()},
            {"timestamp", from.timestamp.count()}};
}

object answer_with(const clock_state& state) {
    return {{"clock", to_object(state)}};
}

} // namespace

void clock_events::serve(const socket& s) {
    requests_.on(s, "clock:join", [this, s](value argument, requests::answer done) {
        return join(s, std::move(argument), std::move(done));
    });
    requests_.on(s, "clock:leave", [this, s](value argument) -> task<object> {
        clock_.leave(clock_in(argument).id, s.id());
        co_return object{};
    });
    requests_.on(s, "clock:ping", [this](value argument) -> task<object> {
        const auto asked = read<ping_request>(argument);
        co_return object{{"clientTime", asked.client_time}, {"serverTime", now_().count()}};
    });
    serve_changes(s);
    s.on("disconnect", [this, s] { clock_.disconnect(s.id()); });
}

void clock_events::serve_changes(const socket& s) {
    requests_.on(s, "clock:start", [this](value argument) -> task<object> {
        const auto asked = clock_in(argument);
        std::optional<milliseconds> position;
        if (asked.position) position = milliseconds(*asked.position);
        co_return answer_with(co_await clock_.start_playing(asked.id, asked.tempo, position));
    });
    requests_.on(s, "clock:stop", [this](value argument) -> task<object> {
        co_return answer_with(co_await clock_.stop_playing(clock_in(argument).id));
    });
    requests_.on(s, "clock:seek", [this](value argument) -> task<object> {
        const auto asked = clock_in(argument);
        const milliseconds position(needed(asked.position, "positionMs"));
        co_return answer_with(co_await clock_.seek(asked.id, position));
    });
    requests_.on(s, "clock:tempo", [this](value argument) -> task<object> {
        const auto asked = clock_in(argument);
        const double tempo = needed(asked.tempo, "tempo");
        co_return answer_with(co_await clock_.set_tempo(asked.id, tempo));
    });
}

// The answer is on its way before the first tick that follows it.
task<> clock_events::join(socket s, value argument, requests::answer done) {
    clock_join joining{.session_id = clock_in(argument).id, .member = connection_of(s)};
    joining.welcome = [done](const clock_state& state) { done(answer_with(state)); };
    co_await clock_.join(std::move(joining));
}

void clock_events::on_state(const members& who, const clock_state& state) {
    io_.local().to(who).emit("clock:state", answer_with(state));
}

// One that comes late is worth nothing.
void clock_events::on_tick(const members& who, const clock_tick& tick) {
    io_.local().volatile_().to(who).emit("clock:tick",
                                         object{{"sessionId", tick.session_id},
                                                {"positionMs", tick.position.count()},
                                                {"timestamp", tick.timestamp.count()}});
}

} // namespace sockeye::app
