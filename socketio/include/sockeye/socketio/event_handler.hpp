#pragma once

#include <sockeye/socketio/ack.hpp>
#include <sockeye/socketio/arguments.hpp>
#include <sockeye/socketio/event_name.hpp>
#include <sockeye/socketio/task.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace sockeye::socketio {

// Told what goes wrong in a handler after it has returned: in a coroutine's later parts.
class failure_report {
public:
    [[nodiscard]] virtual std::function<void(std::exception_ptr)>
    of_handler(std::string_view event) = 0;

protected:
    ~failure_report() = default;
};

// An event on its way to a handler: arguments[0] is its name.
struct incoming_event {
    array& arguments;
    ack_sender reply;         // empty where none is asked for
    bool last_handler = true; // nobody looks at the arguments after this one
    failure_report* failures = nullptr;
};

// Calls the application, or says what is wrong with the arguments.
class event_handler {
public:
    event_handler(std::string_view event, bool once) : event_(event), once_(once) {}
    virtual ~event_handler() = default;
    event_handler(const event_handler&) = delete;
    event_handler& operator=(const event_handler&) = delete;

    [[nodiscard]] const std::string& event() const { return event_.text(); }
    [[nodiscard]] bool once() const { return once_; }
    virtual std::optional<mismatch> handle(incoming_event& event) = 0;

private:
    const event_name event_;
    const bool once_;
};

// What `on` returns, to be given to `off`. May be ignored, and outlive what it belongs to.
using listener = std::weak_ptr<event_handler>;

namespace detail {

template<class T>
inline constexpr bool is_ack = false;
template<class... Answers>
inline constexpr bool is_ack<ack<Answers...>> = true;

template<class... Parameters>
struct parameter_list {};

template<class Function>
struct parameters_of : parameters_of<decltype(&Function::operator())> {};
template<class Result, class... P>
struct parameters_of<Result (*)(P...)> {
    using type = parameter_list<std::remove_cvref_t<P>...>;
};
template<class Result, class Object, class... P>
struct parameters_of<Result (Object::*)(P...)> : parameters_of<Result (*)(P...)> {};
template<class Result, class Object, class... P>
struct parameters_of<Result (Object::*)(P...) const> : parameters_of<Result (*)(P...)> {};

template<class... A>
decoded<std::tuple<A...>> decode(incoming_event& event) {
    // Views refer to the arguments, which stay where they are until the handler has returned.
    constexpr bool views = (std::is_same_v<A, std::string_view> || ...);
    if constexpr (!views)
        if (event.last_handler) return decode_arguments<A...>(std::move(event.arguments), 1);
    return decode_arguments<A...>(std::as_const(event.arguments), 1);
}

// A coroutine's parameters and captures must live as long as it runs: `begin` holds both.
inline task<> keep_while_running(std::function<task<>()> begin) {
    co_await begin();
}

// Calls the handler, which is `Function` itself or, for a coroutine, a shared pointer to it.
template<class Function, class Arguments>
void invoke(Function& handler, Arguments&& arguments, incoming_event&) {
    std::apply(handler, std::forward<Arguments>(arguments));
}
template<class Function, class Arguments>
void invoke(std::shared_ptr<Function>& handler, Arguments&& arguments, incoming_event& event) {
    const std::string_view name = event.arguments.front().as_string();
    auto failed = event.failures ? event.failures->of_handler(name)
                                 : std::function<void(std::exception_ptr)>([](auto&&) {});
    start(keep_while_running([handler, held = std::remove_cvref_t<Arguments>(
                                           std::forward<Arguments>(arguments))]() mutable {
              return std::apply(*handler, std::move(held));
          }),
          std::move(failed));
}

// Splits off a last parameter that is an ack.
template<class Arguments, class... Rest>
struct split;
template<class... A>
struct split<parameter_list<A...>> {
    static constexpr bool has_view = (std::is_same_v<A, std::string_view> || ...);
    template<class Function>
    static std::optional<mismatch> call(Function& handler, incoming_event& event) {
        auto arguments = decode<A...>(event);
        if (!arguments) return arguments.error();
        invoke(handler, *std::move(arguments), event);
        return std::nullopt;
    }
};
template<class... A, class Last>
struct split<parameter_list<A...>, Last> {
    static constexpr bool has_view =
        (std::is_same_v<A, std::string_view> || ...) || std::is_same_v<Last, std::string_view>;
    template<class Function>
    static std::optional<mismatch> call(Function& handler, incoming_event& event) {
        if constexpr (is_ack<Last>) {
            auto arguments = decode<A...>(event);
            if (!arguments) return arguments.error();
            invoke(handler,
                   std::tuple_cat(*std::move(arguments), std::tuple<Last>(Last(event.reply))),
                   event);
            return std::nullopt;
        } else {
            return split<parameter_list<A..., Last>>::call(handler, event);
        }
    }
};
template<class... A, class Next, class Another, class... Rest>
struct split<parameter_list<A...>, Next, Another, Rest...>
    : split<parameter_list<A..., Next>, Another, Rest...> {};

template<class List>
struct split_list;
template<class... P>
struct split_list<parameter_list<P...>> : split<parameter_list<>, P...> {};

template<class Function>
struct result_of : result_of<decltype(&Function::operator())> {};
template<class Result, class... P>
struct result_of<Result (*)(P...)> : std::type_identity<Result> {};
template<class Result, class Object, class... P>
struct result_of<Result (Object::*)(P...)> : std::type_identity<Result> {};
template<class Result, class Object, class... P>
struct result_of<Result (Object::*)(P...) const> : std::type_identity<Result> {};

// A coroutine that is called and not begun would do nothing, and say nothing.
template<class Function, class... Arguments>
concept begins_task = std::is_same_v<std::invoke_result_t<Function&, Arguments...>, task<>>;

template<class Function>
class raw_handler final : public event_handler {
    static_assert(!begins_task<Function, incoming_event&>,
                  "a coroutine cannot take an incoming_event&: it is gone when it waits");

public:
    raw_handler(std::string_view event, bool once, Function function)
        : event_handler(event, once), function_(std::move(function)) {}
    std::optional<mismatch> handle(incoming_event& event) override {
        function_(event);
        return std::nullopt;
    }

private:
    Function function_;
};

template<class Function>
class typed_handler final : public event_handler {
    using call = split_list<typename parameters_of<Function>::type>;
    static constexpr bool is_coroutine = std::is_same_v<typename result_of<Function>::type, task<>>;
    static_assert(!is_coroutine || !call::has_view,
                  "a coroutine cannot take a string_view: what it refers to is gone when it waits");
    using held = std::conditional_t<is_coroutine, std::shared_ptr<Function>, Function>;

public:
    typed_handler(std::string_view event, bool once, Function function)
        : event_handler(event, once), function_(hold(std::move(function))) {}
    std::optional<mismatch> handle(incoming_event& event) override {
        return call::call(function_, event);
    }

private:
    static held hold(Function function) {
        if constexpr (is_coroutine)
            return std::make_shared<Function>(std::move(function));
        else
            return function;
    }
    held function_;
};

} // namespace detail

// Makes a handler of any callable that is not generic: its parameters say what the event's
// arguments must be. One that takes `incoming_event&` gets them as they are. One that returns
// `task<>` is a coroutine, and is given its arguments by value.
template<class Function>
std::shared_ptr<event_handler> make_event_handler(std::string_view event, Function function,
                                                  bool once = false) {
    using handler = std::conditional_t<std::is_invocable_v<Function&, incoming_event&>,
                                       std::type_identity<detail::raw_handler<Function>>,
                                       std::type_identity<detail::typed_handler<Function>>>;
    return std::make_shared<typename handler::type>(event, once, std::move(function));
}

} // namespace sockeye::socketio
