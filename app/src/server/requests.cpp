#include "server/requests.hpp"

#include "codec/event_names.hpp"

#include <sockeye/app/users.hpp>

#include <chrono>
#include <exception>
#include <utility>

namespace sockeye::app {

using socketio::object;
using socketio::value;

namespace {

object error_members(std::string code, std::string message, object details = {}) {
    object made{{"code", std::move(code)}, {"message", std::move(message)}};
    for (auto& [name, detail] : details)
        made[name] = std::move(detail);
    return made;
}

void send(const socketio::ack_sender& reply, bool ok, object content) {
    object told{{"ok", ok}};
    for (auto& [name, member] : content)
        told[name] = std::move(member);
    socketio::array answers;
    answers.emplace_back(std::move(told));
    reply.send(std::move(answers));
}

/// A client's way to its answer. Where everybody has let go of it without one, it says so itself.
class owed_answer {
public:
    owed_answer(std::string request, const context& on, socketio::ack_sender reply)
        : request_(std::move(request)), on_(on), reply_(std::move(reply)) {}
    owed_answer(const owed_answer&) = delete;
    owed_answer& operator=(const owed_answer&) = delete;
    ~owed_answer() {
        if (answered_) return;
        on_.log(engineio::log_level::error, request_ + ": the handler gave no answer");
        send(reply_, false, {{"error", error_members("INTERNAL", "the server gave no answer")}});
    }

    void give(bool ok, object content) {
        if (!answered_.exchange(true)) send(reply_, ok, std::move(content));
    }

private:
    const std::string request_;
    const context& on_;
    const socketio::ack_sender reply_;
    std::atomic<bool> answered_ = false;
};

} // namespace

object error_object(const std::exception_ptr& error, const std::string& request,
                    const context& on) {
    try {
        std::rethrow_exception(error);
    } catch (const service_error& told) {
        return error_members(told.code, told.what(), told.details);
    } catch (const socketio::operation_error& away) {
        on.log(engineio::log_level::warning, request + ": " + away.what());
        return error_members("UNAVAILABLE", away.what());
    } catch (const std::exception& ours) {
        on.log(engineio::log_level::error, request + ": " + ours.what());
        return error_members("INTERNAL", "the server failed; its log says more");
    }
}

std::uint64_t checked_number(const number_rule& rule, std::optional<std::int64_t> given) {
    const std::int64_t number = given.value_or(rule.otherwise);
    if (number >= rule.least && number <= rule.most) return static_cast<std::uint64_t>(number);
    const bool bounded = rule.most < std::numeric_limits<std::int64_t>::max();
    throw service_error("BAD_REQUEST", "'" + std::string(rule.name) + "' must be " +
                                           (bounded ? std::to_string(rule.least) + " to " +
                                                          std::to_string(rule.most)
                                                    : "at least " + std::to_string(rule.least)));
}

const std::string& checked_event(const std::string& name) {
    checked_name(name, "event");
    if (name.find(':') != std::string::npos || socketio::is_reserved_event(name))
        throw service_error("BAD_REQUEST", "'" + name + "' is an event of the server's own");
    return name;
}

std::string user_of(const socketio::socket& s) {
    auto user = bound_user(s);
    if (!user)
        throw service_error("UNAUTHENTICATED",
                            "this connection is bound to no user; register first");
    return *std::move(user);
}

const std::string& connection_of(const socketio::socket& s) {
    if (!s.connected()) throw service_error("UNAVAILABLE", "this connection has ended meanwhile");
    return s.id();
}

void requests::on(const socketio::socket& from, const std::string& event, handler handle) {
    on(from, event,
       answering_handler([handle = std::move(handle)](value argument, answer done) -> task<> {
           done(co_await handle(std::move(argument)));
       }));
}

void requests::on(const socketio::socket& from, const std::string& event,
                  answering_handler handle) {
    const auto kept = std::make_shared<answering_handler>(std::move(handle));
    from.on(event, [this, event, kept, from](socketio::incoming_event& incoming) {
        auto& arguments = incoming.arguments;
        value argument = arguments.size() > 1 ? std::move(arguments[1]) : value();
        socketio::start(serve(event, kept, from, std::move(argument), incoming.reply),
                        [](const std::exception_ptr&) {});
    });
}

task<> requests::serve(std::string event, std::shared_ptr<answering_handler> handle,
                       socketio::socket from, value argument, socketio::ack_sender reply) {
    const auto begun = std::chrono::steady_clock::now();
    const auto owed = std::make_shared<owed_answer>(event, on_, std::move(reply));
    answer done = [owed](object content) { owed->give(true, std::move(content)); };
    std::exception_ptr failure;
    try {
        co_await admit_and_handle(std::move(handle), std::move(from), std::move(argument),
                                  std::move(done));
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure) {
        failed_.fetch_add(1, std::memory_order_relaxed);
        owed->give(false, {{"error", error_object(failure, event, on_)}});
    }
    latency_.add(std::chrono::steady_clock::now() - begun);
}

task<> requests::admit_and_handle(std::shared_ptr<answering_handler> handle, socketio::socket from,
                                  value argument, answer done) {
    co_await admits_(std::move(from));
    co_await (*handle)(std::move(argument), std::move(done));
}

} // namespace sockeye::app
