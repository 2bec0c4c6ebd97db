// Whatever clients send and the application does, from wherever and whenever: a socket that has
// connected disconnects once, its handlers hear nothing before and nothing after, whoever waits for
// an answer is told once, a client hears only what belongs to namespaces that it is in, each event
// once, those of one thread in order, and in the end nothing is left.

#include "namespace_directory.hpp"
#include "server_core.hpp"
#include "support/application.hpp"
#include "support/engine_stub.hpp"
#include "support/peer.hpp"
#include "support/require.hpp"

#include <array>
#include <cstdint>

using namespace sockeye;
using namespace sockeye::socketio;
using namespace std::chrono_literals;

namespace {

server_options options_for(unsigned choice) {
    server_options options{.connect_timeout = choice & 1 ? 0ms : 1h,
                           .cleanup_empty_child_namespaces = (choice & 8) != 0,
                           .max_child_namespaces = 2,
                           .max_namespaces_per_client = 3,
                           .max_pending_acks = 2,
                           .max_rooms_per_socket = 2};
    if (choice & 2)
        options.recovery = recovery_options{
            .skip_middlewares = (choice & 4) != 0, .max_event_bytes = 2000, .max_sessions = 3};
    return options;
}

constexpr std::array names{"/", "/chat", "/child-1", "/child-2", "/nowhere", "/?token=1"};

// Bytes tell what happens; while the server calls the application, further ones tell what that does
// from there.
class world {
public:
    world(std::string_view bytes, unsigned choice);
    void run();

private:
    using session = engineio::stub_session;

    void happen(std::uint8_t byte);
    [[nodiscard]] session* chosen();
    void open(unsigned detail);
    void say(const std::string& text, bool binary = false);
    void ask_for(unsigned detail);
    void lose(unsigned detail);
    void end_everything();
    void check_what_is_left();

    script script_;
    const unsigned choice_;
    engineio::http_server http_;
    engineio::http_server_impl& host_ = http_.impl();
    std::shared_ptr<server_core> server_;
    application application_;
    std::map<std::string, peer> peers_; // by session
    std::string chosen_;
    std::string lost_; // the session that was lost last
    std::uint64_t last_asked_ = 0;
};

world::world(std::string_view bytes, unsigned choice)
    : script_(bytes), choice_(choice),
      server_(std::make_shared<server_core>(http_, options_for(choice))),
      application_(script_, *server_, host_, choice) {
    host_.sent = [this](session& to, const engineio::outgoing& packet) {
        peers_.at(to.id()).hear(packet.data(), packet.binary());
    };
}

void world::run() {
    while (!script_.empty())
        happen(script_.take());
    end_everything();
    check_what_is_left();
}

void world::happen(std::uint8_t byte) {
    const unsigned detail = byte >> 4 & 7;
    const std::string place = detail % 4 == 0 ? "" : std::string(names[detail % 4]) + ',';
    peer* const from = chosen() ? &peers_.at(chosen_) : nullptr;
    switch (byte & 15) {
    case 0:
        return open(detail);
    case 1:
        return ask_for(detail);
    case 2:
        if (detail < 4) return say('2' + place + "[\"say\",1]");
        return say('2' + place + std::to_string(++last_asked_) + "[\"say\"]");
    case 3: {
        const std::uint64_t id =
            from && detail < 4 ? from->take_owed(names[detail]) : script_.take();
        return say('3' + place + std::to_string(id) + "[1]");
    }
    case 4:
        return say('1' + place);
    case 5:
        if (detail & 4) return say("bytes", true);
        return say('5' + std::to_string(detail) + "-[\"say\",{\"_placeholder\":true,\"num\":0}]");
    case 6: {
        std::string text;
        for (unsigned i = 0; i <= detail; ++i)
            text += static_cast<char>(script_.take());
        return say(text, (detail & 1) != 0);
    }
    case 7:
        return lose(detail);
    case 15:
        if (detail < 2) return host_.run_one(detail);
        return detail < 5 ? host_.run_all() : host_.pass(detail * 1s);
    default:
        return application_.act_somewhere(byte);
    }
}

// ---- what clients do

world::session* world::chosen() {
    const auto found = host_.sessions.find(chosen_);
    return found == host_.sessions.end() ? nullptr : found->second.get();
}

void world::open(unsigned detail) {
    if (detail < 4 || host_.sessions.size() == 4) {
        auto found = host_.sessions.begin();
        for (unsigned i = 0; i < detail && found != host_.sessions.end(); ++i)
            ++found;
        if (found != host_.sessions.end()) chosen_ = found->first;
        return;
    }
    const bool old = detail & 1;
    session& born = host_.open(old ? engineio::protocol::v3 : engineio::protocol::v4, detail & 2);
    chosen_ = born.id();
    peers_.emplace(chosen_, old);
    host_.on(born.shard(), [&] { host_.events->on_open(born); });
}

void world::say(const std::string& text, bool binary) {
    session* const from = chosen();
    if (!from || from->status() != engineio::session_status::open) return;
    peers_.at(chosen_).says(text, binary);
    host_.on(from->shard(), [&] { from->receive(text, binary); });
}

void world::ask_for(unsigned detail) {
    std::string auth = "{}";
    const auto former = peers_.find(lost_);
    if (detail >= names.size() && former != peers_.end())
        auth = R"({"pid":")" + former->second.private_id() + R"(","offset":")" +
               former->second.offset() + R"("})";
    say('0' + std::string(names[detail % names.size()]) + ',' + auth);
}

void world::lose(unsigned detail) {
    session* const from = chosen();
    if (!from) return;
    if (detail >= 6) {
        from->full = detail == 6;
        return;
    }
    lost_ = from->id();
    host_.on(from->shard(), [&] { from->end(static_cast<engineio::close_reason>(detail)); });
}

// ---- the end

void world::end_everything() {
    if (choice_ & 64) application_.settle_everything();
    host_.run_all();
    while (!host_.sessions.empty()) {
        const auto last = host_.sessions.begin()->second;
        host_.on(last->shard(), [&] { last->end(engineio::close_reason::transport_close); });
    }
    host_.run_all();
    host_.pass(10s);
    host_.run_all();
}

void world::check_what_is_left() {
    const socketio_totals totals = server_->totals();
    require(application_.welcomes() == application_.farewells());
    require(totals.connects == application_.welcomes() && totals.sockets == 0);
    require(totals.events_in == application_.events());
    for (const auto& nsp : server_->namespaces().all()) {
        require(nsp->population == 0 && nsp->sockets == 0 && nsp->part(0).all().empty());
        require(nsp->what() != namespace_core::kind::child || !(choice_ & 8));
    }
    application_.forget_everything();
    require(life::living == 0);
    const std::weak_ptr<server_core> ended = std::exchange(server_, nullptr);
    require(ended.expired());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    world(std::string_view(reinterpret_cast<const char*>(data), size).substr(1), data[0]).run();
    return 0;
}
