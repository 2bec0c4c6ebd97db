#pragma once

#include "io/peer_address.hpp"
#include "io/shard.hpp"
#include "io/stream.hpp"
#include "state/output_queue.hpp"
#include "state/timing_wheel.hpp"

#include <boost/intrusive/list_hook.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <memory>
#include <span>
#include <string>

namespace sockeye::engineio {

class connection;
class connection_keeper;

// What speaks over a connection: HTTP first, a WebSocket perhaps later.
class connection_driver {
public:
    virtual ~connection_driver() = default;
    virtual void on_started(connection& link) = 0;
    // Consumes all of the input, which may be changed in place and is gone afterwards.
    virtual void on_input(std::span<char> input) = 0;
    virtual void on_established() {} // the TLS handshake is over
    virtual void on_drained() {}     // all output was handed to the operating system
    // The peer has gone, or cannot be reached: the connection is closed.
    virtual void on_lost() = 0;
    // The server is stopping: say goodbye when that is decent.
    virtual void on_stopping() {}
    // The connection lives on another shard now, as this object.
    virtual void on_moved(connection&) {}
};

// A TCP connection: moves bytes between a driver and the network, decides nothing. Belongs to its
// shard; its keeper keeps it alive until it is closed.
//
// Output is queued, and leaves in one gathered write when the loop's turn is over: whatever all the
// connections that were read in that turn had to say to this one goes together.
class connection final
    : public boost::intrusive_ref_counter<connection, boost::thread_unsafe_counter>,
      public boost::intrusive::list_base_hook<>,
      private pollable {
public:
    connection(connection_keeper& keeper, shard& home, stream link, const peer_address& peer,
               std::size_t pause_reading_above);
    ~connection();

    void start(std::unique_ptr<connection_driver> driver);
    // May be called by the present driver; it lives until its call has returned.
    void replace_driver(std::unique_ptr<connection_driver> driver);
    // Hands the connection, with its driver, to another shard. The driver must keep the input it
    // has not used; it is touched no more on this shard once its present call has returned.
    void move_to(shard& target);
    void resume(std::unique_ptr<connection_driver> driver, std::string unsent);

    void write(const outgoing_ptr& owner, std::string_view bytes, bool continues = false);
    void write(std::string bytes);
    void flush_soon();
    void flush_now();
    [[nodiscard]] output_queue& queue() { return out_; }
    void look_ahead() const; // as of session

    void set_pause_mark(std::size_t bytes) { pause_reading_above_ = bytes; }
    // The peer leaves so much unread that what it asks for has to wait.
    [[nodiscard]] bool is_congested() const { return out_.bytes() > pause_reading_above_; }
    void hold_input(bool hold); // a driver that cannot take more
    // For a driver to whom a byte may be a thousand bytes' work.
    void read_little_at_once() { reads_little_ = true; }

    // Lets what is queued leave, then ends the connection: our side first, and the whole when the
    // peer has done so too, or the time is up.
    void close_gently(milliseconds patience);
    void close();
    void stop_politely() {
        if (driver_) driver_->on_stopping();
    }
    [[nodiscard]] bool is_open() const { return state_ == status::open; }

    [[nodiscard]] shard& home() { return home_; }
    [[nodiscard]] const peer_address& peer() const { return peer_; }
    [[nodiscard]] bool established() const { return link_.established(); } // past a TLS handshake
    [[nodiscard]] bool secure() const { return link_.secure(); }

private:
    enum class status : std::uint8_t {
        open,
        draining,  // closes when the queue is empty
        lingering, // our side is closed; waits for the peer's end
        closed,
        moved,
    };
    class patience;

    void on_ready(std::uint32_t events) override;
    bool enlist();
    bool settle();
    void settle_soon();
    void read_some();
    [[nodiscard]] bool wants_input() const;
    void resume_reading();
    bool continue_handshake();
    void count_queue();
    bool write_some();
    void on_flushed();
    void lose();

    // What a broadcast meets comes first, so that it lies together.
    shard& home_;
    stream link_;
    output_queue out_;
    std::size_t counted_ = 0; // of out_, in the shard's gauge
    std::size_t pause_reading_above_;
    std::unique_ptr<connection_driver> driver_;
    status state_ = status::open;
    bool in_driver_ = false; // its call is on the stack
    bool readable_ = false;  // there may be input: the poller will not say it again
    bool writable_ = true;   // false: the poller will tell
    bool peer_ended_ = false;
    bool read_posted_ = false;
    bool flush_posted_ = false;
    bool input_held_ = false;
    bool reads_little_ = false;
    peer_address peer_;
    connection_keeper& keeper_;
    std::unique_ptr<connection_driver> former_driver_; // until its call has returned
    shard* move_target_ = nullptr;
    std::unique_ptr<patience> patience_; // draining or lingering
};

using connection_ptr = boost::intrusive_ptr<connection>;

// What travels when a connection moves to another shard. Never delivered, it closes the descriptor.
struct connection_in_transit {
    connection_in_transit(int fd, std::unique_ptr<tls_session> session, const peer_address& from,
                          std::unique_ptr<connection_driver> speaker, std::string rest);
    connection_in_transit(connection_in_transit&& other) noexcept;
    ~connection_in_transit();

    int descriptor;
    std::unique_ptr<tls_session> tls;
    peer_address peer;
    std::unique_ptr<connection_driver> driver;
    std::string unsent;
};

// Where connections are kept while they live, shard by shard.
class connection_keeper {
public:
    virtual void opened(connection& c) = 0;
    virtual void closed(connection& c) = 0;
    virtual void move(connection& c, shard& target, connection_in_transit what) = 0;

protected:
    ~connection_keeper() = default;
};

} // namespace sockeye::engineio
