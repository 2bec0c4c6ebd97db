// Clients break off and come back while several threads broadcast: nothing is lost, nothing comes
// twice, and each thread's events keep their order.

#include "net/pace.hpp"
#include "net/recovery.hpp"

#include <random>

namespace sockeye::socketio {
namespace {

constexpr std::size_t emitters = 2, clients = 3;
constexpr long each = 300; // events of an emitter

class returning_client {
public:
    returning_client(socketio_fixture& at, pace& with, unsigned number)
        : at_(at), pace_(with), number_(number), random_(number), link_(at.connect()),
          id_(link_->join()), private_id_(link_->private_id()) {}

    void live() {
        while (left_ > 0) {
            for (auto count = 1 + random_() % 40; count > 0 && left_ > 0; --count)
                hear(link_->read());
            if (left_ > 0) break_off();
        }
        CHECK(link_->settle().empty());
    }

private:
    // 2["n",emitter,number,offset]
    void hear(const std::string& packet) {
        REQUIRE_MESSAGE(packet.starts_with(R"(2["n",)"), packet);
        const std::size_t from = static_cast<std::size_t>(packet.at(6) - '0');
        REQUIRE(std::stol(packet.substr(8)) == next_.at(from)++);
        offset_ = last_argument(packet);
        --left_;
        pace_.heard(number_);
    }
    void break_off() {
        link_->close();
        at_.notes.await("gone " + id_, ++breaks_);
        link_.emplace(at_.connect());
        link_->send(come_back(private_id_, offset_));
        std::string packet = link_->read();
        for (; packet.starts_with('2'); packet = link_->read())
            hear(packet);
        REQUIRE(packet == R"(0{"sid":")" + id_ + R"(","pid":")" + private_id_ + R"("})");
    }

    socketio_fixture& at_;
    pace& pace_;
    const unsigned number_;
    std::mt19937 random_;
    std::optional<packet_client> link_;
    const std::string id_, private_id_;
    std::string offset_;
    std::array<long, emitters> next_{};
    long left_ = each * static_cast<long>(emitters);
    std::size_t breaks_ = 0;
};

} // namespace

TEST_CASE("clients that come back while several threads broadcast miss nothing") {
    socketio_fixture at(recovering(), 3);
    at.io.on_connection(
        [&](const socket& s) { s.on("disconnect", [&at, s] { at.notes.add("gone " + s.id()); }); });
    at.start();
    pace together(clients);
    std::vector<std::unique_ptr<returning_client>> all;
    for (unsigned i = 0; i < clients; ++i)
        all.push_back(std::make_unique<returning_client>(at, together, i));
    std::vector<std::future<void>> running;
    for (const auto& client : all)
        running.push_back(std::async(std::launch::async, [&] { client->live(); }));
    std::vector<std::future<void>> sending;
    for (std::size_t from = 0; from < emitters; ++from)
        sending.push_back(std::async(std::launch::async, [&, from] {
            for (long i = 0; i < each; ++i) {
                together.wait(static_cast<std::size_t>(i) * emitters, 50);
                at.io.emit("n", from, i);
            }
        }));
    for (auto& client : running)
        client.wait();
    together.stop();
    for (auto& emitter : sending)
        emitter.get();
    for (auto& client : running)
        client.get();
    CHECK(at.io.counters().sessions_recovered > 10);
}

} // namespace sockeye::socketio
