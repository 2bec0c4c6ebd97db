#pragma once

#include <sockeye/socketio/arguments.hpp>
#include <sockeye/socketio/event_handler.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace sockeye::socketio {

// Why there is no answer, as the first parameter of an acknowledgement's callback: "operation has
// timed out", that the client has disconnected, or that the answer is of another type.
struct ack_error {
    std::string message;

    explicit operator bool() const { return !message.empty(); }
};

// Called once with the answer, or with an error. Returns what is wrong with the answer, if that
// has nowhere else to go.
using ack_callback = std::function<std::optional<mismatch>(ack_error error, array answer)>;

// An event on its way out: its name, its arguments, and who waits for an answer, if anybody does.
struct emission {
    array event;
    ack_callback answered = {};
};

namespace detail {

template<class List>
struct ack_call;
// callback(ack_error, answer...): told of everything.
template<class... A>
struct ack_call<parameter_list<ack_error, A...>> {
    template<class Function>
    static std::optional<mismatch> call(Function& function, ack_error error, array answer) {
        auto decoded = decode_arguments<A...>(std::move(answer));
        if (!decoded && !error) error = {decoded.error().describe("the acknowledgement")};
        auto arguments = decoded ? *std::move(decoded) : std::tuple<A...>{};
        std::apply(function,
                   std::tuple_cat(std::tuple<ack_error>(std::move(error)), std::move(arguments)));
        return std::nullopt;
    }
};
// callback(answer...): called only with an answer of those types.
template<class... A>
struct ack_call<parameter_list<A...>> {
    template<class Function>
    static std::optional<mismatch> call(Function& function, const ack_error& error, array answer) {
        if (error) return std::nullopt;
        auto decoded = decode_arguments<A...>(std::move(answer));
        if (!decoded) return decoded.error();
        std::apply(function, *std::move(decoded));
        return std::nullopt;
    }
};

template<class T>
concept callback = requires {
    &std::remove_cvref_t<T>::operator();
};
template<class... Arguments>
inline constexpr bool ends_with_callback = false;
template<class First, class... Rest>
inline constexpr bool ends_with_callback<First, Rest...> = ends_with_callback<Rest...>;
template<callback Last>
inline constexpr bool ends_with_callback<Last> = true;

template<class Function>
ack_callback make_ack_callback(Function function) {
    using call = ack_call<typename parameters_of<Function>::type>;
    return [function = std::move(function)](ack_error error, array answer) mutable {
        return call::call(function, std::move(error), std::move(answer));
    };
}

} // namespace detail

// `make_emission("move", 1, 2)`, or, with a callback as its last argument,
// `make_emission("ask", 1, [](int answer) {…})`.
template<class... Arguments>
emission make_emission(std::string_view event, Arguments&&... arguments) {
    if constexpr (detail::ends_with_callback<std::remove_cvref_t<Arguments>...>) {
        auto all = std::forward_as_tuple(std::forward<Arguments>(arguments)...);
        constexpr std::size_t last = sizeof...(Arguments) - 1;
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return emission{
                to_array(event, std::get<I>(std::move(all))...),
                detail::make_ack_callback<
                    std::remove_cvref_t<std::tuple_element_t<last, std::tuple<Arguments...>>>>(
                    std::get<last>(std::move(all)))};
        }
        (std::make_index_sequence<last>{});
    } else {
        return {to_array(event, std::forward<Arguments>(arguments)...)};
    }
}

} // namespace sockeye::socketio
