#include "server/case_events.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace sockeye::app {

using socketio::field;
using socketio::object;
using socketio::socket;
using socketio::value;

namespace {

struct case_request {
    std::string id;
    static constexpr auto fields() { return std::tuple{field{"caseId", &case_request::id}}; }
};

struct creation_request {
    std::optional<std::string> id;
    std::string machine;
    std::map<std::string, std::string> parties;
    static constexpr auto fields() {
        return std::tuple{field{"caseId", &creation_request::id},
                          field{"machine", &creation_request::machine},
                          field{"parties", &creation_request::parties}};
    }
};

struct move_request {
    std::string id;
    std::string move;
    static constexpr auto fields() {
        return std::tuple{field{"caseId", &move_request::id}, field{"move", &move_request::move}};
    }
};

std::string case_channel(const std::string& id) {
    return "case:" + id;
}

object to_object(const case_state& from) {
    object made{{"caseId", from.id},
                {"machine", from.machine},
                {"phase", from.phase},
                {"seq", from.seq},
                {"since", from.since.count()},
                {"parties", socketio::to_value(from.parties)},
                {"agreed", socketio::to_value(from.agreed)}};
    if (from.deadline) made["deadline"] = from.deadline->count();
    return made;
}

object answer_with(const case_state& state) {
    return {{"case", to_object(state)}};
}

// Cases are between their parties.
void check_party(const case_state& state, const std::string& user) {
    const bool is_party =
        std::ranges::any_of(state.parties, [&](const auto& party) { return party.second == user; });
    if (!is_party)
        throw service_error("FORBIDDEN", "'" + user + "' is no party of case '" + state.id + "'");
}

} // namespace

void announce(socketio::server& io, const case_transition& news) {
    object told{{"caseId", news.id}, {"move", news.move}, {"from", news.from},
                {"to", news.to},     {"seq", news.seq},   {"at", news.at.count()}};
    if (!news.by.empty()) told["by"] = news.by;
    io.local().to(case_channel(news.id)).emit(news.emit, std::move(told));
}

void case_events::serve(const socket& s) {
    requests_.on(s, "case:create",
                 [this, s](value argument) { return create(s, std::move(argument)); });
    requests_.on(s, "case:watch", [this, s](value argument) {
        return watch(s, checked_name(read<case_request>(argument).id, "caseId"));
    });
    requests_.on(s, "case:unwatch", [this, s](value argument) -> task<object> {
        joins_.leave(s, case_channel(read<case_request>(argument).id));
        co_return object{};
    });
    requests_.on(s, "case:move",
                 [this, s](value argument) { return move(s, std::move(argument)); });
}

task<object> case_events::create(socket s, value argument) {
    auto wanted = read<creation_request>(argument);
    const std::string user = user_of(s);
    const std::string id = wanted.id ? checked_name(*wanted.id, "caseId") : engineio::random_id();
    const bool is_party = std::ranges::any_of(
        wanted.parties, [&](const auto& party) { return party.second == user; });
    if (!is_party) throw service_error("FORBIDDEN", "only a party may open a case");
    joins::request asked(joins_, s, case_channel(id));
    co_await transitions_.create(id, std::move(wanted.machine), std::move(wanted.parties));
    co_return co_await follow(asked, id);
}

task<object> case_events::watch(socket s, std::string id) {
    const std::string user = user_of(s);
    joins::request asked(joins_, s, case_channel(id));
    check_party(co_await transitions_.get(id), user);
    co_return co_await follow(asked, id);
}

// Joins ahead of reading the state, so that nothing falls in between, and after what may be
// forbidden: a stranger hears nothing of the case.
task<object> case_events::follow(joins::request& asked, std::string id) {
    asked.enter();
    const case_state state = co_await transitions_.get(id);
    asked.grant();
    co_return answer_with(state);
}

task<object> case_events::move(socket s, value argument) {
    auto wanted = read<move_request>(argument);
    const std::string user = user_of(s);
    checked_name(wanted.id, "caseId");
    co_return answer_with(
        co_await transitions_.move(std::move(wanted.id), std::move(wanted.move), user));
}

} // namespace sockeye::app
