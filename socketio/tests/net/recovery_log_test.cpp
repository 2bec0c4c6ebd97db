#include "net/fake_namespace.hpp"
#include "recovery_log.hpp"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace sockeye::socketio {
namespace {

class fake_event final : public prepared_event {
public:
    fake_event(std::string name, selection to, std::string_view at)
        : text(std::move(name)), offset(at), to_(std::move(to)) {}
    const selection& to() const override { return to_; }
    std::size_t bytes() const override { return text.size(); }

    const std::string text;
    const std::string offset;

private:
    const selection to_;
};

const fake_event& as_fake(const prepared_event& event) {
    return static_cast<const fake_event&>(event);
}

// Notes what its shards deliver: "0 a" is event a on shard 0.
class noting_namespace final : public fake_namespace {
public:
    prepared_event_ptr prepare(array event, selection to, const emit_flags&,
                               std::string_view offset) override {
        last_offset = offset;
        return std::make_shared<fake_event>(event.at(0).as_string(), std::move(to), offset);
    }
    void deliver_here(const prepared_event& what) override {
        notes.push_back(std::to_string(threads.current()) + ' ' + as_fake(what).text);
        if (const auto then = std::exchange(on_delivery, nullptr)) then();
    }

    std::vector<std::string> notes;
    std::function<void()> on_delivery;
    std::string last_offset;
};

struct kept_log {
    explicit kept_log(recovery_options options = {})
        : log(std::make_shared<recovery_log>(local, options)) {}

    // The event's offset.
    std::string append(const std::string& name, selection to = {}) {
        log->append(array{name}, std::move(to), {});
        return local.last_offset;
    }
    void save(const std::string& private_id, std::vector<std::string> rooms = {}, value data = {}) {
        log->save({.id = "id",
                   .private_id = private_id,
                   .rooms = std::move(rooms),
                   .data = std::move(data)});
    }
    // What a client missed: "a b ".
    std::string missed(const std::string& private_id, const std::string& offset) {
        const restored_session back = log->restore(private_id, offset);
        switch (back.outcome) {
        case recovery_outcome::unknown_session:
            return "unknown";
        case recovery_outcome::events_forgotten:
            return "forgotten";
        case recovery_outcome::recovered:
            break;
        }
        std::string names;
        for (const auto& event : back.missed)
            names += as_fake(*event).text + ' ';
        return names;
    }

    noting_namespace local;
    std::shared_ptr<recovery_log> log;
};

} // namespace

TEST_CASE("every shard delivers every event, in the one order") {
    kept_log k;
    k.append("a");
    k.local.threads.on(1, [&] { k.append("b"); });
    CHECK(k.local.notes == std::vector<std::string>{"0 a", "1 a", "1 b"});
    k.local.threads.run();
    CHECK(k.local.notes == std::vector<std::string>{"0 a", "1 a", "1 b", "0 b"});
}

TEST_CASE("what is sent while an event is delivered comes behind it") {
    kept_log k;
    k.local.on_delivery = [&] {
        k.append("b");
        k.local.notes.emplace_back("sent");
    };
    k.append("a");
    CHECK(k.local.notes == std::vector<std::string>{"0 a", "sent", "0 b"});
}

TEST_CASE("a client has missed what was sent to all, or to its rooms, behind its last event") {
    kept_log k;
    k.append("before");
    const std::string had = k.append("had");
    k.save("secret", {"id", "tea"});
    k.append("all");
    k.append("tea", {.rooms = {"coffee", "tea"}, .except = {}});
    k.append("coffee", {.rooms = {"coffee"}, .except = {}});
    k.append("not tea", {.rooms = {}, .except = {"tea"}});
    k.append("own", {.rooms = {"id"}, .except = {}});
    CHECK(k.missed("secret", had) == "all tea own ");
}

TEST_CASE("a session is given back once, and only to who knows its secret") {
    kept_log k;
    const std::string had = k.append("had");
    k.save("secret");
    CHECK(k.missed("guess", had) == "unknown");
    CHECK(k.missed("secret", had).empty());
    CHECK(k.missed("secret", had) == "unknown");
}

TEST_CASE("an offset that this log has not given is none") {
    kept_log k, other;
    const std::string had = k.append("had"), foreign = other.append("had");
    const std::string ahead = had.substr(0, had.size() - 1) + "z";
    for (const std::string& offset :
         {std::string(), foreign, std::string("x"), had + "!", had + " ", ahead,
          had.substr(0, had.find('.') + 1), had.substr(0, had.find('.') + 1) + "-1",
          had.substr(0, had.find('.') + 1) + std::string(40, 'z')}) {
        CAPTURE(offset);
        k.save("secret");
        CHECK(k.missed("secret", offset) == "forgotten");
    }
}

TEST_CASE("events beyond the bound are forgotten, oldest first") {
    kept_log k({.max_event_bytes = 2 * (recovery_log::event_overhead + 8)});
    std::vector<std::string> offsets;
    for (const char* const name : {"aaaa", "bbbb", "cccc"}) {
        offsets.push_back(k.append(name));
        k.local.threads.run();
    }
    k.save("one");
    CHECK(k.missed("one", offsets[0]) == "forgotten");
    k.save("two");
    CHECK(k.missed("two", offsets[1]) == "cccc ");
}

TEST_CASE("who missed more than one client is given starts anew") {
    for (const auto& [bound, comes_to] : {std::pair(8, "aaaa bbbb "), std::pair(7, "forgotten")}) {
        kept_log k({.max_missed_bytes = static_cast<std::size_t>(bound)});
        const std::string had = k.append("had");
        k.append("aaaa");
        k.append("another's", {.rooms = {"r"}, .except = {}});
        k.append("bbbb");
        k.local.threads.run();
        k.save("secret");
        CHECK(k.missed("secret", had) == comes_to);
    }
}

TEST_CASE("what a shard has still to deliver is kept, whatever the bound") {
    kept_log k({.max_event_bytes = 1});
    for (const char* const name : {"a", "b", "c"})
        k.append(name);
    k.local.threads.run();
    CHECK(k.local.notes == std::vector<std::string>{"0 a", "0 b", "0 c", "1 a", "1 b", "1 c"});
}

TEST_CASE(
    "who comes back to a shard that is behind gets the rest from its delivery, or as missed") {
    kept_log k;
    const std::string had = k.append("had");
    k.save("secret");
    k.append("next"); // not delivered on shard 1 yet
    k.local.threads.on(1, [&] { CHECK(k.missed("secret", had) == "next "); });
    k.local.notes.clear();
    k.local.threads.run();
    CHECK(k.local.notes.empty()); // shard 1 has caught up before
}

TEST_CASE("events and sessions that are too old are forgotten") {
    kept_log k({.max_disconnection_duration = std::chrono::milliseconds(-1)});
    const std::string had = k.append("had");
    k.save("secret");
    CHECK(k.missed("secret", had) == "unknown");
}

TEST_CASE("sessions beyond the bound are forgotten, oldest first") {
    kept_log k({.max_sessions = 2});
    const std::string had = k.append("had");
    for (const char* const secret : {"one", "two", "two", "three"})
        k.save(secret);
    CHECK(k.missed("one", had) == "unknown");
    CHECK(k.missed("two", had).empty());
    CHECK(k.missed("three", had).empty());
}

TEST_CASE("sessions beyond the bound of their bytes are forgotten, oldest first") {
    constexpr std::size_t of_two = 2'500;
    kept_log k({.max_session_bytes = of_two});
    const std::string had = k.append("had");
    const std::vector<std::string> rooms = {std::string(500, 'r'), std::string(500, 's')};
    for (const char* const secret : {"one", "two", "two", "three"})
        k.save(secret, rooms);
    CHECK(k.missed("one", had) == "unknown");
    CHECK(k.missed("two", had).empty()); // and its bytes count no more
    k.save("four", rooms);
    k.save("large", {std::string(of_two, 'r')});
    for (const char* const secret : {"three", "four", "large"})
        CHECK(k.missed(secret, had) == "unknown");
    k.save("with data", {}, std::string(of_two, 'd'));
    CHECK(k.missed("with data", had) == "unknown");
    k.save("small");
    CHECK(k.missed("small", had).empty());
}

} // namespace sockeye::socketio
