#include "net/admin_front_end.hpp"

#include <stdexcept>

namespace sockeye::socketio {
namespace {

// Of "letmein", with the smallest cost.
const basic_authentication ann{"ann",
                               "$2b$04$abcdefghijklmnopqrstuuPT0cs.zGMMB9aUG3xKmxLeI//6s0m5C"};
constexpr std::string_view right_login = R"({"username":"ann","password":"letmein"})";

} // namespace

TEST_CASE(
    "a server with a port of its own is instrumented too, and ends in the middle of a login") {
    server io({}, with_threads(2));
    instrument(io, {.auth = ann});
    const unsigned short port = io.listen(0, "127.0.0.1");
    io.start();
    packet_client admin(port);
    admin.send("0/admin," + std::string(right_login));
}

TEST_CASE("authentication must be chosen, with a hash of bcrypt's, once") {
    socketio_fixture at;
    CHECK_THROWS_AS(instrument(at.io, {}), std::invalid_argument);
    CHECK_THROWS_AS(instrument(at.io, {.auth = basic_authentication{"ann", "letmein"}}),
                    std::invalid_argument);
    instrument(at.io, {.auth = ann});
    CHECK_THROWS_AS(instrument(at.io, {.auth = ann}), std::logic_error);
}

TEST_CASE("who cannot log in is refused, with the text that the front end knows") {
    socketio_fixture at;
    const admin_ui& ui = instrument(at.io, {.auth = ann});
    at.start();
    for (const std::string_view auth :
         {"", R"({"username":"ann","password":"guess"})",
          R"({"username":"bob","password":"letmein"})",
          R"({"username":"ann","password":["letmein"]})",
          R"({"username":"ann","password":"letmein\u0000more"})", R"({"sessionId":"1234"})"}) {
        CAPTURE(auth);
        CHECK(front_end(at).join(auth).refused() == "invalid credentials");
    }
    CHECK(ui.counters().logins_refused == 6);
}

TEST_CASE("a login gives a session, behind the CONNECT reply, which is as good as a password") {
    for (const unsigned threads : {1u, 2u}) {
        socketio_fixture at({}, threads);
        instrument(at.io, {.auth = ann});
        at.start();
        front_end admin(at);
        admin.join(right_login);
        admin.joined();
        const std::string session = admin.await("session").at(0).as_string();
        front_end again(at);
        again.join(R"({"sessionId":")" + session + R"("})").joined();
        again.await("config");
        CHECK(!again.has_seen("session"));
    }
}

TEST_CASE("more logins than can wait are refused without looking at the password") {
    socketio_fixture at;
    // A cost that keeps the first busy while the others come.
    const basic_authentication slow{"ann",
                                    "$2b$12$abcdefghijklmnopqrstuuPT0cs.zGMMB9aUG3xKmxLeI//6s0m5C"};
    const admin_ui& ui = instrument(at.io, {.auth = slow});
    at.start();
    std::vector<packet_client> guessing;
    for (int i = 0; i < 40; ++i)
        guessing.push_back(at.connect());
    for (packet_client& one : guessing)
        one.send("0/admin," + std::string(right_login));
    // The last, unless the one that was busy ended just before it came.
    const auto is_refused = [](packet_client& one) {
        return one.read() == R"(4/admin,{"message":"too many login attempts"})";
    };
    CHECK(std::any_of(guessing.rbegin(), guessing.rend(), is_refused));
    CHECK(ui.counters().logins_not_tried > 0);
}

TEST_CASE("the session store forgets the oldest beyond its maximum, and what is too old") {
    const auto knows = [](admin_session_store& store, const std::string& id) {
        bool answer = false;
        store.find(id, [&](bool known) { answer = known; });
        return answer;
    };
    const auto store = memory_session_store(2);
    for (const char* id : {"one", "two", "three"})
        store->save(id);
    CHECK(!knows(*store, "one"));
    CHECK(knows(*store, "two"));
    CHECK(knows(*store, "three"));
    const auto short_lived = memory_session_store(2, std::chrono::seconds(0));
    short_lived->save("one");
    CHECK(!knows(*short_lived, "one"));
}

} // namespace sockeye::socketio
