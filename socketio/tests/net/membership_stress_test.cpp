// Who is in a room gets all that is sent to it, and nobody else gets anything, while clients of
// several shards join, leave, ask and break off.

#include "net/pace.hpp"
#include "net/socketio_fixture.hpp"

#include <atomic>
#include <optional>
#include <random>

namespace sockeye::socketio {
namespace {

long number_in(const std::string& packet) {
    REQUIRE_MESSAGE(packet.starts_with(R"(2["n",)"), packet);
    return std::stol(packet.substr(6));
}

// Sends 1, 2, 3, … to the rooms "a" and "b" at once, not far ahead of a client that stays in "a".
class emitter {
public:
    explicit emitter(socketio_fixture& at) : at_(at), client_(at.connect()) {
        at.io.in(client_.join()).sockets_join("a");
        listening_ = std::async(std::launch::async, [this] { listen(); });
        sending_ = std::async(std::launch::async, [this] { send(); });
    }
    // The last number that is on its way, or is about to be.
    [[nodiscard]] long last() const { return last_; }
    void end() {
        pace_.stop();
        ended_ = true;
        sending_.get();
        at_.io.to("a").emit("n", 0);
        listening_.get();
    }

private:
    void send() {
        const auto both = at_.io.to({"a", "b"});
        while (!ended_) {
            both.emit("n", ++last_);
            pace_.wait(static_cast<std::size_t>(last_), 20);
        }
    }
    void listen() {
        long next = 1;
        for (long got = number_in(client_.read()); got != 0; got = number_in(client_.read())) {
            REQUIRE(got == next++);
            pace_.heard(0);
        }
        CHECK(next == last_ + 1);
    }

    socketio_fixture& at_;
    packet_client client_;
    pace pace_{1};
    std::atomic<long> last_ = 0;
    std::atomic<bool> ended_ = false;
    std::future<void> listening_, sending_;
};

// A client that knows what it must get by when its joins and leaves are acknowledged.
class member {
public:
    member(const socketio_fixture& at, const emitter& source, unsigned seed)
        : source_(source), random_(seed), client_(at.connect()) {
        client_.join();
    }

    void live(int steps) {
        for (int i = 0; i < steps; ++i) {
            change(random_() % 2);
            for (auto count = in_any() ? random_() % 4 : 0; count > 0; --count)
                hear(client_.read());
        }
    }

private:
    [[nodiscard]] bool in_any() const { return inside_[0] || inside_[1]; }

    // Joins the room, or leaves it.
    void change(std::size_t room) {
        const bool was_in = in_any();
        client_.send(std::string("21[\"") + (inside_[room] ? "leave" : "join") + "\",\"" +
                     "ab"[room] + "\"]");
        for (std::string packet = client_.read(); packet != "31[]"; packet = client_.read()) {
            REQUIRE_MESSAGE(was_in, "is in no room, but hears " << packet);
            hear(packet);
        }
        inside_[room] = !inside_[room];
        if (was_in) return;
        next_.reset();
        latest_start_ = source_.last() + 1; // this one comes after the join, whatever else
    }
    void hear(const std::string& packet) {
        const long number = number_in(packet);
        if (next_) REQUIRE(number == *next_);
        REQUIRE((next_ || number <= latest_start_));
        next_ = number + 1;
    }

    const emitter& source_;
    std::mt19937 random_;
    packet_client client_;
    bool inside_[2] = {false, false};
    std::optional<long> next_; // empty: nothing was heard since it joined
    long latest_start_ = 0;
};

} // namespace

TEST_CASE("every member of a room gets every broadcast, in order, and nobody else does") {
    socketio_fixture at({}, 3);
    at.io.on_connection([](const socket& s) {
        s.on("join", [s](const std::string& room, const ack<>& done) {
            s.join(room);
            done();
        });
        s.on("leave", [s](const std::string& room, const ack<>& done) {
            s.leave(room);
            done();
        });
    });
    at.start();
    emitter source(at);
    std::vector<std::future<void>> lives;
    for (unsigned i = 0; i < 4; ++i)
        lives.push_back(std::async(std::launch::async, [&at, &source, i] {
            for (unsigned life = 0; life < 10; ++life)
                member(at, source, i * 100 + life).live(20); // and then breaks off
        }));
    for (auto& life : lives)
        life.wait();
    source.end();
    for (auto& life : lives)
        life.get();
}

} // namespace sockeye::socketio
