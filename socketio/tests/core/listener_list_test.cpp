#include "state/listener_list.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace sockeye::socketio;

namespace {

class named_handler final : public event_handler {
public:
    explicit named_handler(std::string_view event, bool once = false)
        : event_handler(event, once) {}
    std::optional<mismatch> handle(incoming_event&) override { return std::nullopt; }
};

std::shared_ptr<event_handler> on(std::string_view event) {
    return std::make_shared<named_handler>(event);
}
std::shared_ptr<event_handler> once(std::string_view event) {
    return std::make_shared<named_handler>(event, true);
}

// Who is called, in order.
std::vector<const event_handler*> called(listener_list& list, std::string_view event) {
    const auto taken = list.take(event);
    std::vector<const event_handler*> all;
    for (std::size_t i = 0; i < taken.size(); ++i)
        all.push_back(&taken[i]);
    CHECK(taken.empty() == all.empty());
    return all;
}

using handlers = std::vector<const event_handler*>;

} // namespace

TEST_CASE("handlers of an event are called in order, those put in front first") {
    listener_list list;
    const auto a = on("x"), b = on("x"), c = on("x"), other = on("y");
    list.add(a, false);
    list.add(other, false);
    list.add(b, false);
    list.add(c, true);
    CHECK(called(list, "x") == handlers{c.get(), a.get(), b.get()});
    CHECK(called(list, "y") == handlers{other.get()});
    CHECK(called(list, "z").empty());
    CHECK(list.count("x") == 3);
    CHECK(list.event_names() == std::vector<std::string>{"x", "y"});
}

TEST_CASE("a handler that is called once is gone when it is taken, those of other events are not") {
    listener_list list;
    const auto a = once("x"), b = on("x"), c = once("y");
    for (const auto& handler : {a, b, c})
        list.add(handler, false);
    CHECK(called(list, "x") == handlers{a.get(), b.get()});
    CHECK(called(list, "x") == handlers{b.get()});
    CHECK(list.count("y") == 1);
}

TEST_CASE("handlers are taken away by what add returned, by event, or all") {
    listener_list list;
    const auto a = on("x"), b = on("x"), c = on("y");
    const listener first = list.add(a, false);
    list.add(b, false);
    list.add(c, false);
    list.remove(first);
    CHECK(called(list, "x") == handlers{b.get()});
    list.remove(first);
    list.remove(listener());
    list.remove("x");
    CHECK(list.count("x") == 0);
    CHECK_FALSE(list.empty());
    list.clear();
    CHECK(list.empty());
}

TEST_CASE("a handler that was taken lives as long as the call, whatever becomes of the list") {
    listener_list list;
    const listener handler = list.add(on("x"), false);
    {
        const auto taken = list.take("x");
        list.clear();
        CHECK_FALSE(handler.expired());
    }
    CHECK(handler.expired());
}
