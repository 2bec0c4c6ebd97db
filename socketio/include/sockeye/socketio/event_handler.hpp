#pragma once

#include <sockeye/socketio/ack.hpp>
#include <sockeye/socketio/arguments.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace sockeye::socketio {

// An event on its way to a handler: arguments[0] is its name.
struct incoming_event {
    array& arguments;
    ack_sender reply;         // empty where none is asked for
    bool last_handler = true; // nobody looks at the arguments after this one
};

// Calls the application, or says what is wrong with the arguments.
using event_handler = std::function<std::optional<mismatch>(incoming_event&)>;

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

// Splits off a last parameter that is an ack.
template<class Arguments, class... Rest>
struct split;
template<class... A>
struct split<parameter_list<A...>> {
    template<class Function>
    static std::optional<mismatch> call(Function& handler, incoming_event& event) {
        auto arguments = decode<A...>(event);
        if (!arguments) return arguments.error();
        std::apply(handler, *std::move(arguments));
        return std::nullopt;
    }
};
template<class... A, class Last>
struct split<parameter_list<A...>, Last> {
    template<class Function>
    static std::optional<mismatch> call(Function& handler, incoming_event& event) {
        if constexpr (is_ack<Last>) {
            auto arguments = decode<A...>(event);
            if (!arguments) return arguments.error();
            std::apply(
                [&](auto&&... each) {
                    handler(std::forward<decltype(each)>(each)..., Last(event.reply));
                },
                *std::move(arguments));
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

} // namespace detail

// Makes a handler of any callable that is not generic: its parameters say what the event's
// arguments must be. One that takes `incoming_event&` gets them as they are.
template<class Function>
event_handler make_event_handler(Function function) {
    if constexpr (std::is_invocable_v<Function&, incoming_event&>) {
        return [function = std::move(function)](incoming_event& event) mutable {
            function(event);
            return std::optional<mismatch>();
        };
    } else {
        using call = detail::split_list<typename detail::parameters_of<Function>::type>;
        return [function = std::move(function)](incoming_event& event) mutable {
            return call::call(function, event);
        };
    }
}

} // namespace sockeye::socketio
