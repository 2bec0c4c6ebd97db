#include "io/connection.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <unistd.h>
#include <utility>

namespace sockeye::engineio {
namespace {

// One connection may not keep its shard to itself.
constexpr int max_reads_per_turn = 8;
constexpr unsigned max_parts = 128;

} // namespace

// Exists only while a connection is being closed; an open one pays a pointer for it.
class connection::patience final : public timed {
public:
    explicit patience(connection& owner) : owner_(owner) {}

private:
    void on_timer(time_point) override {
        const connection_ptr keep(&owner_); // and this object with it
        owner_.close();
    }
    connection& owner_;
};

connection_in_transit::connection_in_transit(int fd, std::unique_ptr<tls_session> session,
                                             const peer_address& from,
                                             std::unique_ptr<connection_driver> speaker,
                                             std::string rest)
    : descriptor(fd), tls(std::move(session)), peer(from), driver(std::move(speaker)),
      unsent(std::move(rest)) {}

connection_in_transit::connection_in_transit(connection_in_transit&& other) noexcept
    : descriptor(std::exchange(other.descriptor, -1)), tls(std::move(other.tls)), peer(other.peer),
      driver(std::move(other.driver)), unsent(std::move(other.unsent)) {}

connection_in_transit::~connection_in_transit() {
    if (descriptor >= 0) ::close(descriptor);
}

connection::connection(connection_keeper& keeper, shard& home, stream link,
                       const peer_address& peer, std::size_t pause_reading_above)
    : keeper_(keeper), home_(home), link_(std::move(link)),
      pause_reading_above_(pause_reading_above), peer_(peer) {}

connection::~connection() = default;

void connection::start(std::unique_ptr<connection_driver> driver) {
    driver_ = std::move(driver);
    keeper_.opened(*this);
    driver_->on_started(*this);
    if (!link_.established()) {
        if (!continue_handshake()) return;
    }
    wait_readable();
}

void connection::replace_driver(std::unique_ptr<connection_driver> driver) {
    former_driver_ = std::exchange(driver_, std::move(driver));
    if (!in_driver_) settle_soon();
}

void connection::move_to(shard& target) {
    move_target_ = &target;
    if (!in_driver_) settle_soon();
}

// What must not happen while the driver is on the stack: its end, and its move to another thread.
// Returns false where this connection is no more.
bool connection::settle() {
    former_driver_.reset();
    if (!move_target_ || !is_open()) return is_open() || state_ == status::draining;
    flush_now();
    if (!is_open()) return false;
    std::string unsent;
    for (const queued_packet& packet : out_.take_all())
        unsent.append(packet.bytes);
    home_.counters.queued_bytes.sub(unsent.size());
    state_ = status::moved;
    auto [descriptor, tls] = link_.release();
    keeper_.move(*this, *move_target_,
                 {descriptor, std::move(tls), peer_, std::move(driver_), std::move(unsent)});
    return false;
}

void connection::settle_soon() {
    asio::post(home_.context(), [self = connection_ptr(this)] { self->settle(); });
}

// A connection that comes from another shard.
void connection::resume(std::unique_ptr<connection_driver> driver, std::string unsent) {
    driver_ = std::move(driver);
    keeper_.opened(*this);
    if (!unsent.empty()) write(std::move(unsent));
    in_driver_ = true;
    driver_->on_moved(*this);
    in_driver_ = false;
    if (!settle()) return;
    flush_now();
    resume_reading();
}

// ---- in

void connection::wait_readable() {
    if (read_waits_) return;
    read_waits_ = true;
    link_.socket().async_wait(
        tcp_socket::wait_read,
        [self = connection_ptr(this)](const error_code& ec) { self->on_readable(ec); });
}

bool connection::wants_input() const {
    switch (state_) {
    case status::open:
        return !input_held_ && out_.bytes() <= pause_reading_above_;
    case status::draining:
        return false; // what the peer still says is of no interest yet
    case status::lingering:
        return true; // its end is
    default:
        return false;
    }
}

void connection::on_readable(const error_code& ec) {
    read_waits_ = false;
    if (ec || state_ == status::closed) return;
    home_.touch();
    if (!link_.established() && !continue_handshake()) return;
    if (!wants_input()) return; // resume_reading takes it up again
    read_some();
}

bool connection::continue_handshake() {
    switch (link_.handshake()) {
    case io_status::ok:
        driver_->on_established();
        return state_ == status::open;
    case io_status::would_block:
        if (link_.wants_write())
            wait_writable();
        else
            wait_readable();
        return false;
    default:
        lose();
        return false;
    }
}

void connection::read_some() {
    in_driver_ = true;
    auto& buffer = home_.read_buffer();
    bool more = true;
    for (int i = 0; i < max_reads_per_turn && more && wants_input(); ++i) {
        const io_result got = link_.read(buffer.data(), buffer.size());
        if (got.status == io_status::would_block) {
            more = false;
            break;
        }
        if (got.status != io_status::ok) {
            in_driver_ = false;
            return state_ == status::lingering ? close() : lose();
        }
        home_.counters.socket_bytes_in.add(got.bytes);
        // A short read has emptied the socket; OpenSSL may hold more.
        more = link_.secure() || got.bytes == buffer.size();
        if (state_ == status::lingering) continue;
        driver_->on_input({buffer.data(), got.bytes});
        if (former_driver_ || move_target_) {
            in_driver_ = false;
            if (!settle()) return;
            in_driver_ = true;
        }
    }
    in_driver_ = false;
    if (state_ == status::closed) return;
    flush_now();
    if (!wants_input()) return;
    if (more && link_.secure())
        resume_reading();
    else
        wait_readable();
}

void connection::resume_reading() {
    if (read_waits_ || in_driver_ || !wants_input() || !link_.established()) return;
    if (!link_.secure()) return wait_readable();
    // What OpenSSL has decrypted already makes no descriptor readable.
    read_waits_ = true;
    asio::post(home_.context(), [self = connection_ptr(this)] { self->on_readable({}); });
}

void connection::hold_input(bool hold) {
    input_held_ = hold;
    if (!hold) resume_reading();
}

// ---- out

void connection::write(const outgoing_ptr& owner, std::string_view bytes, bool continues) {
    if (state_ != status::open) return;
    out_.push(owner, bytes, continues);
    home_.counters.queued_bytes.add(bytes.size());
    flush_soon();
}

void connection::write(std::string bytes) {
    const outgoing_ptr owner = outgoing::raw(std::move(bytes));
    write(owner, owner->data());
}

void connection::flush_soon() {
    if (in_driver_ || flush_posted_ || write_waits_) return;
    flush_posted_ = true;
    home_.flush_later(*this);
}

void connection::flush_now() {
    flush_posted_ = false;
    if (write_waits_ || (state_ != status::open && state_ != status::draining)) return;
    if (out_.empty()) {
        if (state_ == status::draining) on_flushed();
        return;
    }
    if (write_some()) on_flushed();
}

// Whether everything has left.
bool connection::write_some() {
    std::array<iovec, max_parts> parts;
    do {
        const unsigned count = out_.gather(parts.data(), max_parts);
        const io_result sent = link_.write(parts.data(), count);
        home_.counters.writes.add();
        home_.counters.socket_bytes_out.add(sent.bytes);
        home_.counters.queued_bytes.sub(sent.bytes);
        out_.consume(sent.bytes);
        if (sent.status == io_status::would_block) {
            wait_writable();
            return false;
        }
        if (sent.status != io_status::ok) {
            lose();
            return false;
        }
    } while (!out_.empty());
    return true;
}

void connection::on_flushed() {
    if (state_ == status::draining) {
        state_ = status::lingering;
        link_.shutdown_send();
        return resume_reading();
    }
    const connection_ptr keep(this);
    driver_->on_drained();
    resume_reading();
}

void connection::wait_writable() {
    if (write_waits_) return;
    write_waits_ = true;
    link_.socket().async_wait(
        tcp_socket::wait_write,
        [self = connection_ptr(this)](const error_code& ec) { self->on_writable(ec); });
}

void connection::on_writable(const error_code& ec) {
    write_waits_ = false;
    if (ec || state_ == status::closed) return;
    home_.touch();
    if (!link_.established()) {
        if (continue_handshake()) wait_readable();
        return;
    }
    if (write_some()) on_flushed();
}

// ---- the end

void connection::close_gently(milliseconds patience_time) {
    if (state_ != status::open) return;
    state_ = status::draining;
    patience_ = std::make_unique<patience>(*this);
    home_.set_timer(*patience_, home_.now() + patience_time);
    if (!in_driver_) flush_soon();
}

void connection::lose() {
    const connection_ptr keep(this);
    const bool tell = state_ == status::open;
    close();
    if (tell) driver_->on_lost();
}

void connection::close() {
    if (state_ == status::closed || state_ == status::moved) return;
    const connection_ptr keep(this);
    state_ = status::closed;
    if (patience_) home_.cancel_timer(*patience_);
    home_.counters.queued_bytes.sub(out_.bytes());
    out_.clear();
    link_.close();
    keeper_.closed(*this);
}

} // namespace sockeye::engineio
