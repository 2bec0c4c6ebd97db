#include "sessions/session_ground.hpp"

#include "names.hpp"

#include <algorithm>
#include <random>

namespace sockeye::app {

namespace {

constexpr std::string_view code_letters = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

std::string in_capitals(std::string text) {
    const auto capital = [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; };
    std::ranges::transform(text, text.begin(), capital);
    return text;
}

} // namespace

task<session_record> session_ground::find(std::string id) {
    transaction question;
    session_steps::look(question, id);
    const store_result answer = co_await on.state.commit(std::move(question));
    auto record = session_steps::read_look(std::move(id), answer.replies.data());
    if (!record) throw_not_found();
    if (record->ended()) throw_ended(record->end_reason);
    if (!record->beating) throw service_error("HOST_OFFLINE", "the session's host is away");
    co_return *std::move(record);
}

task<std::string> session_ground::id_of(std::string code) {
    code = in_capitals(std::move(code));
    const bool may_be = code.size() <= max_name_bytes && !code.empty() &&
                        code.find_first_not_of(code_letters) == std::string::npos;
    if (!may_be) throw_not_found();
    transaction question;
    question.get(session_steps::code_key(code));
    store_result answer = co_await on.state.commit(std::move(question));
    if (!answer.replies[0].text) throw_not_found();
    co_return *std::move(answer.replies[0].text);
}

std::string session_log_name(const std::string& session_id) {
    return "session:" + session_id;
}

void throw_not_found() {
    throw service_error("SESSION_NOT_FOUND", "there is no such session");
}

void throw_ended(const std::string& reason) {
    throw service_error("SESSION_ENDED",
                        "the session has ended: " + (reason.empty() ? "closed" : reason));
}

void require_id(const std::string& id) {
    if (!is_name(id)) throw service_error("BAD_REQUEST", "a session's id has 1 to 128 bytes");
}

void require_connection(const std::string& connection) {
    if (!is_name(connection)) throw service_error("BAD_REQUEST", "a connection has an id");
}

std::string draw_code(std::size_t length) {
    std::random_device system;
    std::uniform_int_distribution<std::size_t> any(0, code_letters.size() - 1);
    std::string code(length, ' ');
    std::ranges::generate(code, [&] { return code_letters[any(system)]; });
    return code;
}

} // namespace sockeye::app
