// Whatever happens to a session, and whenever: it ends exactly once, after that it calls nobody, no
// GET is answered twice or left waiting, no message leaves twice or out of order, the queue keeps
// its bound, a timer is armed for later than now, and a peer that is silent is given up.

#include "state/session_state.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

using namespace sockeye::engineio;
using namespace std::chrono_literals;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

server_options options_for(unsigned choice) {
    server_options options{.ping_interval = 300ms, .ping_timeout = 200ms, .upgrade_timeout = 1s};
    options.queue = {
        .max_bytes = 40, .max_packets = 4, .overflow = static_cast<overflow_policy>(choice % 3)};
    options.max_pending_pongs = 3;
    options.close_timeout = 700ms;
    return options;
}

// Bytes tell what happens; while the session calls the host, further ones tell what it does to the
// session from there.
class world final : private session_host {
public:
    world(std::string_view script, unsigned choice)
        : script_(script), options_(options_for(choice)),
          revision_(choice & 4 ? protocol::v3 : protocol::v4), websocket_((choice & 8) != 0),
          get_waits_(!websocket_),
          session_(options_, *this, revision_,
                   websocket_ ? transport_kind::websocket : transport_kind::polling) {}

    void run() {
        session_.open("{}", now_);
        while (!script_.empty()) {
            happen(take());
            end_turn();
        }
        for (int i = 0; i < 20; ++i)
            pass(200ms);
        require(ended_);
        require(!get_waits_);
    }

private:
    std::uint8_t take() {
        if (script_.empty()) return 0;
        const auto byte = static_cast<std::uint8_t>(script_.front());
        script_.remove_prefix(1);
        return byte;
    }

    void happen(std::uint8_t byte) {
        const unsigned detail = byte >> 4 & 7;
        switch (byte & 15) {
        case 0:
            return pass(milliseconds(1 << detail));
        case 1:
            return pass(detail * 100ms);
        case 2:
        case 3:
            return packet(static_cast<packet_type>(detail % 7));
        case 4:
            return probe_packet(detail);
        case 5:
            return probe_connection(detail);
        case 6:
        case 7:
            return get();
        case 8:
            return post(detail);
        case 9:
            return lose(detail);
        case 10:
            return read(detail);
        default:
            return act(byte);
        }
    }

    // What an application does, from a handler or at any time.
    void act(std::uint8_t byte) {
        const unsigned detail = byte >> 4 & 7;
        const bool volatile_ = detail & 4;
        if ((byte & 15) == 15 && detail < 3)
            session_.close(detail == 1, now_);
        else if ((byte & 15) == 15 && detail == 3)
            session_.abandon();
        else
            send(1 + detail % 3, volatile_);
    }

    // Requests that name an ended session find none.
    [[nodiscard]] bool is_found() const { return session_.status() != session_status::closed; }

    void pass(milliseconds time) {
        if (depth_ == 0) now_ += time; // within a turn there is one time
        if (!is_found() || now_ < wake_at_) return;
        session_.on_deadline(now_);
        require(!is_found() || wake_at_ > now_);
        if (depth_ == 0) end_turn();
    }

    void packet(packet_type type) {
        const auto over = websocket_ ? transport_kind::websocket : transport_kind::polling;
        session_.on_packet(over, {type, false, "data"}, now_);
    }

    void probe_packet(unsigned detail) {
        if (!probe_) return;
        constexpr std::array types{packet_type::ping, packet_type::upgrade, packet_type::message};
        session_.on_probe_packet({types[detail % 3], false, detail & 4 ? "" : "probe"}, now_);
    }

    void probe_connection(unsigned detail) {
        if (detail == 0) {
            if (std::exchange(probe_, false)) session_.on_probe_lost();
        } else if (is_found()) {
            const bool possible = !probe_ && !websocket_;
            const bool taken = session_.on_probe_attached(now_);
            require(taken == possible);
            probe_ = probe_ || taken;
        }
    }

    void get() {
        if (!is_found() || websocket_) return;
        if (get_waits_) return require(!session_.on_poll());
        get_waits_ = true;
        require(session_.on_poll());
    }

    void post(unsigned detail) {
        if (detail & 1) {
            if (is_found() && !websocket_) post_runs_ = session_.on_post_begin() || post_runs_;
        } else if (std::exchange(post_runs_, false)) {
            session_.on_post_end();
        }
    }

    void lose(unsigned detail) {
        if (detail == 0) return session_.on_undecodable();
        if (detail == 1) return session_.on_transport_error("rule");
        if (detail == 2 && std::exchange(post_runs_, false)) return session_.on_post_lost();
        if (detail == 3 && std::exchange(get_waits_, false)) return session_.on_poll_lost();
        if (detail == 4 && websocket_)
            session_.on_websocket_lost(close_reason::transport_close, "lost");
    }

    void read(unsigned detail) {
        reading_ = detail & 1;
        out_.consume(std::min<std::size_t>(out_.bytes(), detail));
    }

    void send(std::size_t count, bool volatile_) {
        std::vector<outgoing_ptr> packets;
        for (std::size_t i = 0; i < count; ++i)
            packets.push_back(outgoing::make(packet_type::message, std::to_string(++last_made_)));
        const bool closed = session_.status() != session_status::open;
        require(!(session_.send(packets, volatile_) && closed));
        check_bounds();
    }

    void check_bounds() const {
        const std::size_t most = options_.queue.max_packets + options_.max_pending_pongs + 1;
        require(session_.waiting_packets() <= most && out_.size() <= 2 * most);
        if (websocket_ || ended_) require(session_.waiting_packets() == 0);
    }

    void end_turn() {
        if (std::exchange(flush_asked_, false)) session_.flush();
        if (reading_) out_.clear();
        check_bounds();
    }

    // ---- from here on the session calls

    // `any`: the rest of a connection's input may follow at once, not only the application act.
    void come_back(bool any) {
        if (script_.empty() || depth_ == 3 || !(script_.front() & 0x80)) return;
        came_back_ = true;
        ++depth_;
        const std::uint8_t byte = take();
        any ? happen(byte) : act(byte);
        --depth_;
    }

    void leaves(const outgoing& packet) {
        if (packet.type() != packet_type::message) return;
        const std::size_t number = std::stoul(std::string(packet.data()));
        require(came_back_ || number > last_left_);
        last_left_ = number;
        if (left_.size() <= number) left_.resize(number + 1);
        require(!left_[number]);
        left_[number] = true;
    }

    void write(const outgoing_ptr& packet, bool continues) override {
        require(websocket_ && !ended_);
        leaves(*packet);
        out_.push(packet, packet->frame(revision_), continues);
    }
    output_queue& websocket_queue() override {
        require(websocket_);
        return out_;
    }
    void flush_websocket() override {
        if (reading_) out_.clear();
    }
    void close_websocket() override { require(websocket_ && !ended_); }
    void answer_poll(packet_list packets) override {
        require(!ended_ && std::exchange(get_waits_, false) && !packets.empty());
        for (const queued_packet& packet : packets)
            leaves(*packet.owner);
        come_back(true);
    }
    void abort_post() override { require(!ended_ && std::exchange(post_runs_, false)); }
    void flush_soon() override { flush_asked_ = true; }
    void write_probe(const outgoing_ptr&) override { require(probe_); }
    void close_probe() override { // may have been lost meanwhile
        require(!ended_);
        probe_ = false;
    }
    void promote_probe() override {
        require(!ended_ && !get_waits_ && std::exchange(probe_, false));
        websocket_ = true;
    }
    void wake_at(time_point deadline) override {
        require(!ended_);
        wake_at_ = deadline;
    }
    void created(const outgoing&) override {
        require(!ended_);
        come_back(false);
    }
    void dropped(drop_cause, std::size_t packets) override { require(packets > 0); }
    void deliver(std::string_view, bool) override {
        require(session_.status() == session_status::open);
        come_back(false);
    }
    void heartbeat() override {
        require(!ended_);
        come_back(false);
    }
    void upgrading() override {
        require(!ended_);
        come_back(false);
    }
    void upgraded_to_websocket() override {
        require(!ended_ && websocket_);
        come_back(false);
    }
    void closed(close_reason, std::string_view) override {
        require(!std::exchange(ended_, true));
        require(session_.status() == session_status::closed && !get_waits_ && !probe_);
        come_back(false);
    }

    std::string_view script_;
    server_options options_;
    protocol revision_;
    time_point now_{1h};
    time_point wake_at_{};
    bool websocket_; // carries the session
    bool get_waits_;
    bool probe_ = false;
    bool post_runs_ = false;
    bool reading_ = true;
    bool flush_asked_ = false;
    bool ended_ = false;
    bool came_back_ = false;
    int depth_ = 0;
    output_queue out_;
    std::size_t last_made_ = 0;
    std::size_t last_left_ = 0;
    std::vector<bool> left_;
    session_state session_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    world(std::string_view(reinterpret_cast<const char*>(data), size).substr(1), data[0]).run();
    return 0;
}
