#pragma once

#include "codec/packet_codec.hpp"
#include "state/session_state.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A session told as a story: what happens to it, and what it does.
//
//     websocket_session().after(25s).writes("2").after(20s).closes_websocket(ping_timeout);
//
// Every effect must be expected, in order, before the next thing happens; nothing else may happen.
// Each event is a turn of the loop. The clock stands still but for after() and stalls(), and the
// timer fires when it was set to, so that a deadline that nobody armed never comes.
namespace sockeye::engineio {

using namespace std::chrono_literals;

class session_script final : private session_host {
public:
    using hook = std::function<void(session_script&)>;

    session_script(transport_kind transport, protocol revision, server_options options)
        : options_(std::move(options)), state_(options_, *this, revision, transport),
          get_waits_(transport == transport_kind::polling) {
        state_.open("{}", now_);
        const auto& initial = options_.initial_packet;
        if (transport == transport_kind::polling) {
            answers(initial ? "0{} 4" + *initial : "0{}");
        } else {
            writes("0{}");
            if (initial) writes("4" + *initial);
        }
        end_turn();
    }
    session_script(const session_script&) = delete;
    session_script& operator=(const session_script&) = delete;
    ~session_script() { nothing_more(); }

    // ---- what happens

    session_script& after(std::chrono::nanoseconds time) {
        begin("after " + std::to_string(time / 1ms) + " ms");
        const time_point until = now_ + time;
        while (wake_at_ <= until && !ended_) {
            REQUIRE(++wakes_ < 10'000);
            now_ = std::max(now_, wake_at_);
            state_.on_deadline(now_);
            if (!ended_) CHECK(wake_at_ > now_); // otherwise the loop would spin
            end_turn();
        }
        now_ = until;
        return *this;
    }
    // The process sleeps, and its timer is late.
    session_script& stalls(std::chrono::nanoseconds time) {
        now_ += time;
        return after(0s);
    }
    session_script& says(std::string_view packet) { return says(packet, state_.transport()); }
    session_script& says(std::string_view packet, transport_kind over) {
        return turn("says " + std::string(packet), [&] {
            std::string scratch;
            if (const auto view = decode_text_packet(state_.revision(), packet, scratch))
                state_.on_packet(over, *view, now_);
            else
                state_.on_undecodable();
        });
    }
    session_script& websocket_lost(close_reason why = close_reason::transport_close) {
        return turn("WebSocket lost", [&] { state_.on_websocket_lost(why, "connection lost"); });
    }

    session_script& get(bool welcome = true) {
        return turn("GET", [&] {
            if (welcome) get_waits_ = true;
            CHECK(state_.on_poll() == welcome);
        });
    }
    session_script& get_lost() {
        return turn("GET lost", [&] {
            get_waits_ = false;
            state_.on_poll_lost();
        });
    }
    session_script& post(bool welcome = true) {
        return turn("POST", [&] { CHECK(state_.on_post_begin() == welcome); });
    }
    session_script& post_ends() {
        return turn("POST ends", [&] { state_.on_post_end(); });
    }
    session_script& post_lost() {
        return turn("POST lost", [&] { state_.on_post_lost(); });
    }
    session_script& breaks(std::string_view rule) {
        return turn("breaks a rule", [&] { state_.on_transport_error(rule); });
    }

    session_script& attaches(bool welcome = true) {
        return turn("attaches", [&] { CHECK(state_.on_probe_attached(now_) == welcome); });
    }
    session_script& probe_says(std::string_view packet) {
        return turn("probe says " + std::string(packet), [&] {
            std::string scratch;
            const auto view = decode_text_packet(state_.revision(), packet, scratch);
            REQUIRE(view);
            state_.on_probe_packet(*view, now_);
        });
    }
    session_script& probe_lost() {
        return turn("probe lost", [&] { state_.on_probe_lost(); });
    }

    session_script& sends(std::initializer_list<std::string_view> texts) {
        return turn("sends", [&] {
            for (const std::string_view text : texts)
                CHECK(send({text}));
        });
    }
    session_script& sends(std::string_view text) { return sends({text}); }
    session_script& sends_group(std::initializer_list<std::string_view> texts) {
        return turn("sends a group", [&] { CHECK(send(texts)); });
    }
    session_script& sends_volatile(std::string_view text, bool taken = true) {
        return turn("sends volatile", [&] { CHECK(send({text}, true) == taken); });
    }
    session_script& cannot_send(std::initializer_list<std::string_view> texts) {
        return turn("cannot send", [&] { CHECK_FALSE(send(texts)); });
    }
    session_script& cannot_send(std::string_view text) { return cannot_send({text}); }
    session_script& close(bool discard = false) {
        return turn("close", [&] { state_.close(discard, now_); });
    }
    session_script& abandon() {
        return turn("abandon", [&] { state_.abandon(); });
    }

    // The peer stops reading its WebSocket; then it reads so many bytes.
    session_script& stops_reading() {
        reading_ = false;
        return *this;
    }
    session_script& reads(std::size_t bytes) {
        out_.consume(bytes);
        return *this;
    }

    // The host comes back into the session while it makes that call.
    session_script& when(std::string call, hook reaction) {
        hooks_.emplace_back(std::move(call), std::move(reaction));
        return *this;
    }

    // ---- what the session does

    session_script& does(const std::string& call) {
        CAPTURE(story_);
        CHECK_MESSAGE(!calls_.empty(), "nothing happened instead of: ", call);
        if (calls_.empty()) return *this;
        CHECK(calls_.front() == call);
        calls_.pop_front();
        return *this;
    }
    session_script& writes(std::string packet) { return does("write " + std::move(packet)); }
    session_script& answers(std::string packets) { return does("answer " + std::move(packets)); }
    session_script& delivers(std::string text) { return does("deliver " + std::move(text)); }
    session_script& closes(close_reason reason) {
        return does("closed: " + std::string(text(reason))).nothing_more();
    }
    session_script& closes_websocket(close_reason reason) {
        return does("close WebSocket").closes(reason);
    }
    session_script& nothing_more() {
        CAPTURE(story_);
        CHECK(calls_ == std::deque<std::string>());
        return *this;
    }

    // ---- for hooks, which may do what ends or bends the rules above

    bool send(std::initializer_list<std::string_view> texts, bool volatile_ = false) {
        std::vector<outgoing_ptr> packets;
        for (const std::string_view text : texts)
            packets.push_back(outgoing::make(packet_type::message, text));
        return state_.send(packets, volatile_);
    }
    // A GET right behind the one just answered, on the same connection.
    void pipelined_get() {
        get_waits_ = true;
        state_.on_poll();
    }
    session_state& state() { return state_; }
    time_point now() const { return now_; }
    const std::string& detail() const { return detail_; }
    const std::string& created() const { return created_; }

private:
    template<class Event>
    session_script& turn(const std::string& name, Event event) {
        begin(name);
        event();
        end_turn();
        return *this;
    }

    void begin(const std::string& name) {
        nothing_more();
        story_ += "\n> " + name;
    }

    void end_turn() {
        if (std::exchange(flush_asked_, false)) state_.flush();
        if (reading_) out_.clear();
    }

    void call(std::string name) {
        story_ += "\n    " + name;
        CAPTURE(story_);
        CHECK_FALSE(ended_); // closed() is the last call
        calls_.push_back(name);
        react(name);
    }

    void react(const std::string& name) {
        for (std::size_t i = 0; i < hooks_.size(); ++i) {
            if (hooks_[i].first != name) continue;
            const hook reaction = std::move(hooks_[i].second);
            hooks_.erase(hooks_.begin() + static_cast<std::ptrdiff_t>(i));
            return reaction(*this);
        }
    }

    std::string text_of(const outgoing& packet) const {
        return std::string(packet.text_form(state_.revision()));
    }

    void write(const outgoing_ptr& packet, bool continues) override {
        CHECK(promoted_);
        out_.push(packet, packet->frame(state_.revision()), continues);
        call((continues ? "write +" : "write ") + text_of(*packet));
    }
    output_queue& websocket_queue() override {
        REQUIRE(promoted_); // there is none before
        return out_;
    }
    void flush_websocket() override {
        if (reading_) out_.clear();
        react("flush WebSocket");
    }
    void close_websocket() override { call("close WebSocket"); }
    void answer_poll(packet_list packets) override {
        CAPTURE(story_);
        CHECK(std::exchange(get_waits_, false));
        CHECK_FALSE(packets.empty());
        std::string answer;
        for (const queued_packet& packet : packets)
            answer += (answer.empty() ? "" : " ") + text_of(*packet.owner);
        call("answer " + answer);
    }
    void abort_post() override { call("abort POST"); }
    void flush_soon() override { flush_asked_ = true; }
    void write_probe(const outgoing_ptr& packet) override { call("probe " + text_of(*packet)); }
    void close_probe() override { call("close probe"); }
    void promote_probe() override {
        promoted_ = true;
        call("promote");
    }
    void wake_at(time_point deadline) override {
        CHECK_FALSE(ended_);
        wake_at_ = deadline;
    }
    void created(const outgoing& packet) override {
        CHECK_FALSE(ended_);
        created_ += text_of(packet) + ' ';
        react("created " + text_of(packet));
    }
    void dropped(drop_cause cause, std::size_t packets) override {
        const std::string name = cause == drop_cause::not_writable ? "not writable"
                                 : cause == drop_cause::overflow   ? "overflow"
                                                                   : "closed";
        story_ += "\n    dropped";
        calls_.push_back("dropped " + std::to_string(packets) + " " + name);
    }
    void deliver(std::string_view data, bool binary) override {
        call((binary ? "deliver binary " : "deliver ") + std::string(data));
    }
    void heartbeat() override { call("heartbeat"); }
    void upgrading() override { call("upgrading"); }
    void upgraded_to_websocket() override { call("upgraded"); }
    void closed(close_reason reason, std::string_view detail) override {
        detail_ = detail;
        call("closed: " + std::string(text(reason)));
        ended_ = true;
    }

    server_options options_;
    time_point now_{1h};
    time_point wake_at_{};
    std::deque<std::string> calls_; // not expected yet
    std::string story_;
    std::string detail_;
    std::string created_;
    std::vector<std::pair<std::string, hook>> hooks_;
    output_queue out_;
    session_state state_;
    unsigned wakes_ = 0;
    bool get_waits_;
    bool promoted_ = state_.transport() == transport_kind::websocket;
    bool reading_ = true;
    bool flush_asked_ = false;
    bool ended_ = false;
};

// A session whose open packet has gone out, and no GET waits.
inline session_script polling_session(server_options options = {},
                                      protocol revision = protocol::v4) {
    return session_script(transport_kind::polling, revision, std::move(options));
}

inline session_script websocket_session(server_options options = {},
                                        protocol revision = protocol::v4) {
    return session_script(transport_kind::websocket, revision, std::move(options));
}

// On polling, with a WebSocket that has said 2probe.
inline void probe(session_script& session) {
    session.attaches().probe_says("2probe").does("probe 3probe").does("upgrading");
}

inline void upgrade(session_script& session) {
    probe(session);
    session.probe_says("5").does("promote").does("upgraded");
}

} // namespace sockeye::engineio
