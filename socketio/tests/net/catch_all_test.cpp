#include "net/socketio_fixture.hpp"

#include <sockeye/socketio/arguments.hpp>

namespace sockeye::socketio {
namespace {

std::string name_of(const array& event) {
    return event[0].as_string();
}

template<class Function>
concept listens = requires(const socket& s, Function f) {
    s.on_any(f);
    s.prepend_any(f);
};
template<class Function>
concept listens_to_outgoing = requires(const socket& s, Function f) {
    s.on_any_outgoing(f);
    s.prepend_any_outgoing(f);
};
static_assert(listens<void (*)(incoming_event&)>);
static_assert(!listens<task<> (*)(incoming_event&)>, "a coroutine would never begin");
static_assert(listens_to_outgoing<void (*)(const array&)>);
static_assert(!listens_to_outgoing<task<> (*)(const array&)>);

} // namespace

TEST_CASE("catch-all listeners see every event ahead of middlewares and handlers") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.use([&](incoming_event&, const next_function& next) {
            at.notes.add("middleware");
            next({});
        });
        s.on("hello", [&](int n) { at.notes.add("handler " + std::to_string(n)); });
        s.on_any([&](incoming_event& e) {
            at.notes.add(name_of(e.arguments) + ' ' + std::to_string(e.arguments.size()) +
                         (e.reply ? " asks" : ""));
        });
        s.prepend_any([&](incoming_event&) { at.notes.add("prepended"); });
    });
    auto client = at.start().connect();
    client.join();
    client.send(R"(2["hello",1])");
    client.send(R"(21["unheard"])");
    client.settle();
    auto lines = at.notes.lines();
    lines.resize(7);
    CHECK(lines == std::vector<std::string>{"prepended", "hello 2", "middleware", "handler 1",
                                            "prepended", "unheard 1 asks", "middleware"});
}

TEST_CASE("a catch-all listener may answer") {
    socketio_fixture at;
    at.io.on_connection(
        [](const socket& s) { s.on_any([](incoming_event& e) { e.reply.send(array{"any"}); }); });
    auto client = at.start().connect();
    client.join();
    client.send(R"(21["unheard"])");
    client.expect(R"(31["any"])");
}

TEST_CASE("catch-all listeners can be taken away, one or all, also while they are called") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        const listener first = s.on_any([&](incoming_event&) { at.notes.add("first"); });
        s.on_any([&, s, first](incoming_event& e) {
            at.notes.add("second");
            if (name_of(e.arguments) == "one") s.off_any(first);
            if (name_of(e.arguments) == "all") s.off_any();
        });
        CHECK(s.any_listener_count() == 2);
    });
    auto client = at.start().connect();
    client.join();
    for (const char* const event : {R"(2["one"])", R"(2["all"])", R"(2["none"])"})
        client.send(event);
    client.settle();
    CHECK(at.notes.lines() == std::vector<std::string>{"first", "second", "second"});
}

TEST_CASE("listeners of what is sent see emits and broadcasts, not acknowledgements") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.on_any_outgoing([&](const array& event) { at.notes.add(name_of(event)); });
        s.prepend_any_outgoing(
            [&](const array& event) { at.notes.add("first " + std::to_string(event.size())); });
        s.emit("one", 1);
        at.io.emit("two", binary{"x"});
        s.emit("three", [](int) {});
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(2["one",1])");
    client.expect(R"(51-["two",{"_placeholder":true,"num":0}])");
    CHECK(client.read_binary() == "x");
    client.expect(R"(20["three"])");
    client.settle();
    CHECK(at.notes.lines() ==
          std::vector<std::string>{"first 2", "one", "first 2", "two", "first 1", "three"});
}

TEST_CASE("listeners of what is sent can be taken away") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        const listener first = s.on_any_outgoing([&](const array&) { at.notes.add("first"); });
        s.on_any_outgoing([&](const array&) { at.notes.add("second"); });
        s.emit("a");
        s.off_any_outgoing(first);
        s.emit("b");
        CHECK(s.any_outgoing_listener_count() == 1);
        s.off_any_outgoing();
        s.emit("c");
    });
    auto client = at.start().connect();
    client.join();
    CHECK(client.settle().size() == 3);
    CHECK(at.notes.lines() == std::vector<std::string>{"first", "second", "second"});
}

TEST_CASE("a listener of what is sent that ends its socket gets nothing sent any more") {
    socketio_fixture at;
    at.io.on_connection([&](const socket& s) {
        s.on_any_outgoing([s](const array&) { s.disconnect(); });
        s.emit("never");
    });
    auto client = at.start().connect();
    client.join();
    client.expect("1");
    client.join(); // nothing in between
    client.expect("1");
}

} // namespace sockeye::socketio
