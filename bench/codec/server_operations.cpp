// A whole server, but for what moves bytes: the stub that its fuzzer uses stands in its place.
#include "namespace_directory.hpp"
#include "operations.hpp"
#include "server_core.hpp"
#include "support/engine_stub.hpp"

#include <sockeye/socketio/namespace.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sockeye::bench {
namespace {

using namespace socketio;

const std::string text(64, 'x');

// Clients of one server of two shards, all in one room.
class crowd {
public:
    explicit crowd(unsigned size)
        : server_(std::make_shared<server_core>(http_, server_options{})) {
        host_.sent = [this](auto&, const engineio::outgoing& packet) {
            keep(packet);
            ++sent_;
        };
        namespace_(server_->namespaces().of("/")).on_connection(&crowd::welcome);
        while (host_.sessions.size() < size)
            join();
    }

    /// What the first session says, and how many packets that makes.
    unsigned say(std::string_view packet) {
        sent_ = 0;
        host_.on(first_->shard(), [&] { first_->receive(packet, false); });
        host_.run_all(); // what the shards have posted to each other
        return sent_;
    }

private:
    static void welcome(const socket& s) {
        s.join("room");
        s.on("echo", [](incoming_event& event) {
            event.arguments.erase(event.arguments.begin());
            event.reply.send(std::move(event.arguments));
        });
        s.on("cast", [s](const std::string& what) { s.to("room").emit("cast", what); });
    }

    void join() {
        engineio::stub_session& born = host_.open(engineio::protocol::v4, false);
        if (!first_) first_ = &born;
        host_.on(born.shard(), [&] {
            host_.events->on_open(born);
            born.receive("0", false);
        });
        host_.run_all();
    }

    engineio::http_server http_;
    engineio::http_server_impl& host_ = http_.impl();
    std::shared_ptr<server_core> server_;
    engineio::stub_session* first_ = nullptr;
    unsigned sent_ = 0;
};

struct saying {
    // To the only client an answer, in a crowd an event for each of the others.
    saying(unsigned size, const std::string& event)
        : in(std::make_shared<crowd>(size)), answers(size == 1 ? 1 : size - 1),
          packet("2" + event) {}
    void operator()() const { must(in->say(packet) == answers); }

    std::shared_ptr<crowd> in;
    unsigned answers;
    std::string packet;
};

} // namespace

operations server_operations() {
    return {
        {"answer-event", saying(1, R"(17["echo",")" + text + R"("])")},
        {"broadcast-1", saying(2, R"(["cast",")" + text + R"("])")},
        {"broadcast-1000", saying(1001, R"(["cast",")" + text + R"("])")},
    };
}

} // namespace sockeye::bench
