#include "net/polling_client.hpp"
#include "net/recovery.hpp"
#include "solitary_adapter.hpp"

namespace sockeye::socketio {

TEST_CASE("a client that comes back goes on: id, rooms, data, and what it missed, in order") {
    for (const unsigned threads : {1u, 3u}) {
        socketio_fixture at(recovering(), threads);
        at.io.on_connection([&](const socket& s) {
            at.notes.add(s.recovered() ? "recovered " + s.data().find("name")->as_string() : "new");
            s.on("enter", [s](const ack<>& done) {
                s.join("tea");
                s.data().as_object()["name"] = "Ann";
                done();
            });
            s.on("disconnect", [&] { at.notes.add("gone"); });
        });
        at.start();
        auto first = at.connect();
        const std::string id = first.join();
        const std::string private_id = first.private_id();
        first.send(R"(21["enter"])");
        first.expect("31[]");
        at.io.to("tea").emit("cup", 1);
        const std::string offset = last_argument(first.read());
        first.close();
        at.notes.await("gone");
        at.io.to("tea").emit("cup", 2);
        at.io.to("coffee").emit("cup", 3);
        at.io.emit("cup", 4);
        at.io.to(id).emit("cup", 5);

        auto second = at.connect();
        second.send(come_back(private_id, offset));
        for (const std::string_view missed : {"2", "4", "5"})
            CHECK(second.read().starts_with(R"(2["cup",)" + std::string(missed) + ","));
        CHECK(second.read() == R"(0{"sid":")" + id + R"(","pid":")" + private_id + R"("})");
        at.notes.await("recovered Ann");
        at.io.to("tea").emit("cup", 6);
        CHECK(second.read().starts_with(R"(2["cup",6,)"));
        CHECK(at.io.counters().sessions_recovered == 1);

        // Once only: who comes again with the same is somebody new.
        auto third = at.connect();
        third.send(come_back(private_id, offset));
        CHECK(third.read().find(id) == std::string::npos);
        CHECK(at.io.counters().recoveries_unknown == 1);
    }
}

TEST_CASE("events that ask for an answer, and volatile ones, have no offset") {
    socketio_fixture at(recovering());
    at.io.on_connection([](const socket& s) {
        s.volatile_().emit("volatile", "a");
        s.emit("asks", [](int) {});
        s.emit("plain");
    });
    auto client = at.start().connect();
    client.join();
    client.expect(R"(20["asks"])");
    CHECK(client.read().starts_with(R"(2["plain",")"));
}

namespace {

// A client with one event behind it, whose connection then breaks.
struct broken_client {
    explicit broken_client(socketio_fixture& at) {
        packet_client client = at.connect();
        id = client.join();
        private_id = client.private_id();
        at.io.to(id).emit("first");
        offset = last_argument(client.read());
        client.close();
        REQUIRE(at.becomes_true([&] { return at.io.counters().sockets == 0; }));
    }
    std::string id, private_id, offset;
};

// The id that a client gets that comes back with this.
std::string id_after(packet_client& client, std::string_view auth) {
    return client.join("/", auth);
}

std::string auth_of(const broken_client& of) {
    return come_back(of.private_id, of.offset).substr(1);
}

} // namespace

TEST_CASE("without recovery there is no private id, and no offset") {
    socketio_fixture at;
    auto client = at.start().connect();
    client.join();
    CHECK(client.private_id().empty());
    at.io.emit("plain");
    client.expect(R"(2["plain"])");
    client.close();
    CHECK(at.becomes_true([&] { return at.io.counters().sockets == 0; }));
    CHECK(at.io.counters().sessions_saved == 0);
}

TEST_CASE("a session or an offset that is not known means a new connection") {
    socketio_fixture at(recovering());
    at.io.on_connection([&](const socket& s) { CHECK_FALSE(s.recovered()); });
    at.start();
    const broken_client gone(at);
    const std::string auths[] = {come_back("unknown", gone.offset).substr(1),
                                 come_back(gone.private_id, "unknown").substr(1),
                                 R"({"pid":1,"offset":2})",
                                 R"({"pid":")" + gone.private_id + R"("})"};
    for (const std::string& auth : auths) {
        auto client = at.connect();
        CHECK(id_after(client, auth) != gone.id);
        CHECK(client.private_id() != gone.private_id);
    }
    CHECK(at.io.counters().recoveries_unknown == 1);
    CHECK(at.io.counters().recoveries_forgotten == 1);
}

TEST_CASE("a client that left by itself, or was sent away, does not come back") {
    socketio_fixture at(recovering());
    at.io.on_connection([](const socket& s) { s.on("leave", [s] { s.disconnect(); }); });
    at.start();
    for (const char* const leave : {"1", R"(2["leave"])"}) {
        auto client = at.connect();
        const std::string id = client.join();
        const std::string private_id = client.private_id();
        at.io.to(id).emit("first");
        const std::string offset = last_argument(client.read());
        client.send(leave);
        if (leave[0] == '2') client.expect("1");
        CHECK(id_after(client, come_back(private_id, offset).substr(1)) != id);
    }
    CHECK(at.io.counters().recoveries_unknown == 2);
}

TEST_CASE("middlewares are passed again where that is asked for, while events come in") {
    recovery_options how;
    how.skip_middlewares = false;
    socketio_fixture at(recovering(how));
    namespace_::connect_next held;
    at.io.use([&](const socket& s, const namespace_::connect_next& next) {
        if (!s.recovered()) return next({});
        held = next;
        at.notes.add("asked");
    });
    at.start();
    const broken_client gone(at);
    auto client = at.connect();
    client.send(come_back(gone.private_id, gone.offset));
    at.notes.await("asked");
    at.io.emit("meanwhile");
    static_cast<void>(at.wait(at.io.fetch_sockets()));
    held({});
    CHECK(client.read().starts_with(R"(2["meanwhile",)"));
    CHECK(client.read().starts_with(R"(0{"sid":")" + gone.id));
}

TEST_CASE("middlewares are not passed again by default") {
    socketio_fixture at(recovering());
    at.io.use([&](const socket&, const namespace_::connect_next& next) {
        at.notes.add("asked");
        next({});
    });
    at.start();
    const broken_client gone(at);
    auto client = at.connect();
    CHECK(id_after(client, auth_of(gone)) == gone.id);
    CHECK(at.notes.count("asked") == 1);
}

TEST_CASE("binary events have an offset, and are missed as they were") {
    socketio_fixture at(recovering());
    at.start();
    const broken_client gone(at);
    at.io.emit("bin", binary{"x"});
    auto client = at.connect();
    client.send(come_back(gone.private_id, gone.offset));
    CHECK(client.read().starts_with(R"(51-["bin",{"_placeholder":true,"num":0},")"));
    CHECK(client.read_binary() == "x");
    CHECK(client.read().starts_with(R"(0{"sid":")" + gone.id));
}

TEST_CASE("each namespace has a log and sessions of its own") {
    socketio_fixture at(recovering());
    at.io.of("chat");
    at.start();
    const broken_client gone(at);
    auto client = at.connect();
    client.join("/chat", auth_of(gone));
    CHECK(at.io.counters().recoveries_unknown == 1);
    CHECK(id_after(client, auth_of(gone)) == gone.id);
}

TEST_CASE("what does not fit any more is forgotten, oldest first") {
    recovery_options how;
    how.max_event_bytes = 2000;
    socketio_fixture at(recovering(how));
    at.start();
    const broken_client gone(at);
    at.io.emit("long", std::string(500, 'x'));
    at.io.emit("long", std::string(500, 'x'));
    auto client = at.connect();
    CHECK(id_after(client, auth_of(gone)) != gone.id);
    CHECK(at.io.counters().recoveries_forgotten == 1);
}

namespace {

// A server, and a client of it that missed so many events of such a size.
struct long_absence {
    long_absence(int count, std::size_t size) : gone(at.start()) {
        for (int i = 0; i < count; ++i)
            at.io.emit("many", std::string(size, 'x'));
    }
    socketio_fixture at{recovering()};
    const broken_client gone;
};

} // namespace

TEST_CASE("who missed more than a client's queue takes starts anew, and stays") {
    for (const auto& [count, size] : {std::pair(3, 500'000), std::pair(20'000, 1)}) {
        long_absence of(count, static_cast<std::size_t>(size));
        auto client = of.at.connect();
        CHECK(id_after(client, auth_of(of.gone)) != of.gone.id);
        CHECK(of.at.io.counters().recoveries_forgotten == 1);
        of.at.io.emit("next");
        CHECK(client.read().starts_with(R"(2["next",)"));
    }
}

TEST_CASE("who missed what a queue still takes gets all of it") {
    for (const auto& [count, size] : {std::pair(2, 500'000), std::pair(15'000, 1)}) {
        long_absence of(count, static_cast<std::size_t>(size));
        auto client = of.at.connect();
        client.send(come_back(of.gone.private_id, of.gone.offset));
        for (int i = 0; i < count; ++i)
            REQUIRE(client.read().starts_with(R"(2["many",)"));
        CHECK(client.read().starts_with(R"(0{"sid":")" + of.gone.id));
    }
}

TEST_CASE("a client that a middleware refuses when it comes back is as if it had not come") {
    recovery_options how;
    how.skip_middlewares = false;
    socketio_fixture at(recovering(how));
    at.io.use([](const socket& s, const namespace_::connect_next& next) {
        next(s.recovered() ? std::optional(connect_refusal{"no"}) : std::nullopt);
    });
    at.start();
    const broken_client gone(at);
    auto client = at.connect();
    client.send(come_back(gone.private_id, gone.offset));
    client.expect(R"(4{"message":"no"})");
    at.io.emit("not for it");
    CHECK(id_after(client, auth_of(gone)) != gone.id); // the session is used up
    client.settle();
    CHECK(at.io.sockets().socket_count() == 1);
}

TEST_CASE("a client whose connection breaks while middlewares decide may come back again") {
    recovery_options how;
    how.skip_middlewares = false;
    socketio_fixture at(recovering(how));
    std::vector<namespace_::connect_next> held;
    at.io.use([&](const socket& s, const namespace_::connect_next& next) {
        if (!s.recovered() || !held.empty()) return next({});
        held.push_back(next);
        at.notes.add("asked");
    });
    at.start();
    const broken_client gone(at);
    {
        auto client = at.connect();
        client.send(come_back(gone.private_id, gone.offset));
        at.notes.await("asked");
    }
    CHECK(at.becomes_true([&] { return at.io.counters().sessions_saved == 2; }));
    at.io.emit("missed");
    auto client = at.connect();
    client.send(come_back(gone.private_id, gone.offset));
    CHECK(client.read().starts_with(R"(2["missed",)"));
    CHECK(client.read().starts_with(R"(0{"sid":")" + gone.id));
}

TEST_CASE("who missed more than a queue takes starts anew over polling, too") {
    server_options options = recovering();
    options.engine.queue.max_packets = 4;
    socketio_fixture at(options);
    at.io.on_connection([&](const socket& s) { at.notes.add(s.recovered() ? "back" : "new"); });
    at.start();
    const broken_client small(at), large(at);
    for (int i = 0; i < 3; ++i)
        at.io.emit("missed", i);
    polling_client first(at);
    first.post("4" + come_back(small.private_id, small.offset)); // while no GET waits
    at.notes.await("back");
    for (int i = 3; i < 5; ++i)
        at.io.emit("missed", i);
    polling_client second(at);
    second.post("4" + come_back(large.private_id, large.offset));
    at.notes.await("new", 3);
    CHECK(at.io.counters().recoveries_forgotten == 1);
}

namespace {

// Finds a session when the test says so.
class slow_adapter final : public solitary_adapter {
public:
    slow_adapter(local_namespace& of, event_notes& notes) : solitary_adapter(of), notes_(notes) {}

    [[nodiscard]] bool recovers() const override { return true; }
    void persist_session(saved_session session) override { notes_.add("saved " + session.id); }
    void restore_session(const std::string& private_id, const std::string&,
                         std::function<void(restored_session)> then) override {
        found = [private_id, then = std::move(then)] {
            then({recovery_outcome::recovered, {"an id", private_id, {}, object{}}});
        };
        notes_.add("asked");
    }
    std::function<void()> found;

private:
    event_notes& notes_;
};

} // namespace

TEST_CASE("a session that is found when its client has gone again is saved again") {
    event_notes notes;
    server_options options = recovering();
    slow_adapter* main_namespace = nullptr;
    options.adapter = [&](local_namespace& of) {
        auto made = std::make_unique<slow_adapter>(of, notes);
        main_namespace = made.get();
        return made;
    };
    socketio_fixture at(options);
    {
        auto client = at.start().connect();
        client.send(come_back("a secret", "an offset"));
        notes.await("asked");
    }
    REQUIRE(at.becomes_true([&] { return at.http.counters().sessions == 0; }));
    at.http.shards().post(0, std::exchange(main_namespace->found, nullptr));
    notes.await("saved an id");
}

TEST_CASE("what is emitted to a client that is away waits for it") {
    socketio_fixture at(recovering());
    std::promise<socket> connected;
    at.io.on_connection([&](const socket& s) {
        if (!s.recovered()) connected.set_value(s);
    });
    at.start();
    const broken_client gone(at);
    connected.get_future().get().emit("meanwhile");
    auto client = at.connect();
    client.send(come_back(gone.private_id, gone.offset));
    CHECK(client.read().starts_with(R"(2["meanwhile",)"));
    CHECK(client.read().starts_with(R"(0{"sid":")" + gone.id));
}

} // namespace sockeye::socketio
