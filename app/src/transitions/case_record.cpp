#include "transitions/case_record.hpp"

#include "codec/json.hpp"

#include <sockeye/socketio/arguments.hpp>

#include <charconv>

namespace sockeye::app {

using socketio::field;
using socketio::value;

namespace {

std::string json_of(const value& from) {
    std::string text;
    socketio::append_json(text, from);
    return text;
}

template<class T>
std::optional<T> read_json(std::string_view text) {
    value content;
    if (!socketio::parse_json(text, {}, content)) return std::nullopt;
    auto read = socketio::from_value<T>(content);
    return read ? std::optional(*std::move(read)) : std::nullopt;
}

std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t read = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    const bool whole = error == std::errc() && end == text.data() + text.size();
    return whole ? std::optional(read) : std::nullopt;
}

struct written_transition {
    std::string id, move, from, to, by, emit;
    std::uint64_t seq = 0;
    std::int64_t at = 0;
    static constexpr auto fields() {
        using w = written_transition;
        return std::tuple{field{"caseId", &w::id}, field{"move", &w::move}, field{"from", &w::from},
                          field{"to", &w::to},     field{"by", &w::by},     field{"emit", &w::emit},
                          field{"seq", &w::seq},   field{"at", &w::at}};
    }
};

} // namespace

// Move names have no line feed, and ids have no control characters at all.
std::string case_timeout::text() const {
    return id + '\n' + std::to_string(seq) + '\n' + move;
}

std::optional<case_timeout> case_timeout::parse(std::string_view text) {
    const auto first = text.find('\n');
    const auto second = first == std::string_view::npos ? first : text.find('\n', first + 1);
    if (second == std::string_view::npos) return std::nullopt;
    const auto seq = number(text.substr(first + 1, second - first - 1));
    if (!seq) return std::nullopt;
    return case_timeout{std::string(text.substr(0, first)), *seq,
                        std::string(text.substr(second + 1))};
}

std::optional<case_timeout> waiting_timeout(const case_state& state, const state_machine& machine) {
    const machine_timeout* timeout = machine.timeout_of(state.phase);
    if (!timeout || !state.deadline) return std::nullopt;
    return case_timeout{state.id, state.seq, timeout->move};
}

void write_case(transaction& into, const case_keys& keys, const case_state& state,
                const state_machine& machine, const std::optional<case_timeout>& former,
                const case_transition& news, milliseconds life) {
    const std::string key = keys.state(state.id);
    const auto deadline = state.deadline ? state.deadline->count() : 0;
    into.set_field(key, "machine", state.machine)
        .set_field(key, "phase", state.phase)
        .set_field(key, "seq", std::to_string(state.seq))
        .set_field(key, "since", std::to_string(state.since.count()))
        .set_field(key, "deadline", std::to_string(deadline))
        .set_field(key, "parties", json_of(socketio::to_value(state.parties)))
        .set_field(key, "agreed", json_of(socketio::to_value(state.agreed)))
        .expire(key, life);
    if (former) into.remove_scored(keys.timeouts(), former->text());
    if (const auto next = waiting_timeout(state, machine))
        into.add_scored(keys.timeouts(), next->text(), deadline);
    into.publish(keys.channel(), to_json(news));
}

case_state read_case(const std::string& id, const std::vector<std::string>& fields) {
    std::map<std::string, std::string, std::less<>> by_name;
    for (std::size_t i = 0; i + 1 < fields.size(); i += 2)
        by_name[fields[i]] = fields[i + 1];
    if (!by_name.contains("phase"))
        throw service_error("CASE_NOT_FOUND", "there is no case '" + id + "'");
    using parties = std::map<std::string, std::string>;
    using agreements = std::map<std::string, std::vector<std::string>>;
    const auto seq = number(by_name["seq"]);
    const auto since = number(by_name["since"]);
    const auto deadline = number(by_name["deadline"]);
    auto who = read_json<parties>(by_name["parties"]);
    auto agreed = read_json<agreements>(by_name["agreed"]);
    if (!seq || !since || !deadline || !who || !agreed)
        throw std::runtime_error("the state of case '" + id + "' is malformed");
    case_state read{
        .id = id, .machine = by_name["machine"], .phase = by_name["phase"], .seq = *seq};
    read.since = milliseconds(*since);
    if (*deadline > 0) read.deadline = milliseconds(*deadline);
    read.parties = *std::move(who);
    read.agreed = *std::move(agreed);
    return read;
}

std::string to_json(const case_transition& from) {
    written_transition written{from.id, from.move, from.from, from.to, from.by, from.emit};
    written.seq = from.seq;
    written.at = from.at.count();
    return json_of(socketio::to_value(written));
}

std::optional<case_transition> transition_from_json(std::string_view text) {
    auto read = read_json<written_transition>(text);
    if (!read || read->emit.empty()) return std::nullopt;
    return case_transition{.id = read->id,
                           .move = read->move,
                           .from = read->from,
                           .to = read->to,
                           .seq = read->seq,
                           .at = milliseconds(read->at),
                           .by = read->by,
                           .emit = read->emit};
}

} // namespace sockeye::app
