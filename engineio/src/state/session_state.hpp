#pragma once

#include "state/output_queue.hpp"
#include "state/timing_wheel.hpp"

#include <sockeye/engineio/error.hpp>
#include <sockeye/engineio/options.hpp>
#include <sockeye/engineio/packet.hpp>
#include <sockeye/engineio/session.hpp>

#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace sockeye::engineio {

enum class drop_cause : std::uint8_t {
    not_writable, // volatile, and the transport was busy
    overflow,     // the queue was full
    closed,       // sent to, or left in, a session that has ended
};

// What a session does to the world. A test's host writes the calls down.
class session_host {
public:
    // Over the WebSocket that carries the session.
    virtual void write(const outgoing_ptr& packet, bool continues) = 0;
    virtual output_queue& websocket_queue() = 0;
    virtual void flush_websocket() = 0; // now, as far as the system takes it
    virtual void close_websocket() = 0; // behind what is queued, without a status code
    // Over polling.
    virtual void answer_poll(packet_list packets) = 0; // completes the waiting GET
    virtual void abort_post() = 0;                     // cut the connection of the running POST
    virtual void flush_soon() = 0;                     // call flush() at the end of this turn
    // Over a WebSocket that would like to take over.
    virtual void write_probe(const outgoing_ptr& packet) = 0;
    virtual void close_probe() = 0;
    virtual void promote_probe() = 0; // it is the session's WebSocket from here on

    virtual void wake_at(time_point deadline) = 0; // call on_deadline then; replaces the one before
    virtual void created(const outgoing& packet) = 0; // it is on its way out
    virtual void dropped(drop_cause cause, std::size_t packets) = 0;

    // To the layer above.
    virtual void deliver(std::string_view data, bool binary) = 0;
    virtual void heartbeat() = 0;
    virtual void upgrading() = 0;
    virtual void upgraded_to_websocket() = 0;
    virtual void closed(close_reason reason, std::string_view detail) = 0; // the last call

protected:
    ~session_host() = default;
};

// An Engine.IO session, versions 3 and 4: heartbeat, two transports, upgrade, close. It knows no
// socket, no thread and no clock: one method per thing that can happen, effects through
// session_host. State is changed before the host is called, since the host may come straight back
// in.
//
//        open() ---> open ---close()---> closing ---told the peer---> closed
//                     '----------- any end() ---------------------------^
//
// Upgrade, beside it, while the session is on polling:
//
//   none --WebSocket with our sid--> attached --"2probe": answer "3probe"--> probed --"5"--> on
//   WebSocket
//                                        '--- time-out, other packet, lost ---> none
//   While probed, a waiting GET is released by a noop every 100 ms, so that the client can pause
//   it.
class session_state {
public:
    session_state(const server_options& options, session_host& host, protocol revision,
                  transport_kind transport);

    // Sends the open packet (and the initial message), which the handshake's answer carries.
    void open(std::string_view open_json, time_point now);

    void on_packet(transport_kind from, const packet_view& packet, time_point now);
    void on_undecodable(); // a packet that is none
    void on_websocket_lost(close_reason why, std::string_view detail);
    void on_deadline(time_point now);

    // A GET came, and waits. False: one is waiting already, and the session has ended.
    bool on_poll();
    void on_poll_lost();
    [[nodiscard]] bool on_post_begin(); // false: one is running, the session has ended
    void on_post_end();
    void on_post_lost();
    void on_transport_error(std::string_view detail);

    [[nodiscard]] bool on_probe_attached(time_point now); // false: turn it away
    void on_probe_packet(const packet_view& packet, time_point now);
    void on_probe_lost();

    bool send(std::span<const outgoing_ptr> packets, bool volatile_); // false: dropped
    void flush(); // what waits goes into the waiting GET
    void close(bool discard, time_point now);
    void abandon(); // at once, whether the peer can be told or not

    [[nodiscard]] bool writable() const;
    [[nodiscard]] session_status status() const { return status_; }
    [[nodiscard]] transport_kind transport() const { return transport_; }
    [[nodiscard]] protocol revision() const { return revision_; }
    [[nodiscard]] bool upgraded() const { return upgraded_; }
    [[nodiscard]] bool upgrading() const { return upgrade_ != nullptr; }
    [[nodiscard]] std::size_t waiting_bytes() const { return waiting_.bytes(); }
    [[nodiscard]] std::size_t waiting_packets() const { return waiting_.size(); }

private:
    struct upgrade_attempt {
        time_point deadline;
        time_point next_noop;
        bool probed = false;
    };

    void enqueue(const outgoing_ptr& packet, bool continues);
    void put(packet_type type, std::string_view data = {});
    void put_heartbeat(packet_type type);
    void answer(std::initializer_list<packet_type> types);
    bool refuse(drop_cause cause, std::size_t packets);
    bool make_room(std::size_t bytes, std::size_t packets);
    [[nodiscard]] bool fits(std::size_t bytes, std::size_t packets) const;
    [[nodiscard]] output_queue& queue() const;
    void end(close_reason reason, std::string_view detail,
             std::initializer_list<packet_type> poll_answer = {packet_type::close});

    void on_ping(time_point now);
    void on_pong(time_point now);
    void on_heartbeat_due(time_point now);
    void on_upgrade_due(time_point now);
    void take_over();
    void drop_waiting();
    void finish_close(std::initializer_list<packet_type> poll_answer);
    void arm();

    // What a broadcast meets comes first, so that it lies together.
    const server_options& options_;
    session_host& host_;
    protocol revision_;
    transport_kind transport_;
    session_status status_ = session_status::open;
    bool upgraded_ = false;
    bool awaiting_pong_ = false;
    bool pong_extended_ = false; // since the last ping
    bool poll_waits_ = false;
    bool post_runs_ = false;
    // Next ping (v4), or the end of patience: pong (v4), ping (v3), the last GET when closing.
    time_point heartbeat_at_;
    std::unique_ptr<upgrade_attempt> upgrade_;
    output_queue waiting_; // for a GET; empty while a WebSocket carries the session
};

} // namespace sockeye::engineio
