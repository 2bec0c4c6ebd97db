#include "io/connection.hpp"

#include <boost/asio/post.hpp>

#include <array>
#include <exception>
#include <unistd.h>
#include <utility>

namespace sockeye::engineio {
namespace {

// One connection may not keep its shard to itself.
constexpr int max_reads_per_turn = 8;
constexpr std::size_t little = 4 * 1024;
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
    : home_(home), link_(std::move(link)), pause_reading_above_(pause_reading_above), peer_(peer),
      keeper_(keeper) {}

connection::~connection() = default;

void connection::start(std::unique_ptr<connection_driver> driver) {
    driver_ = std::move(driver);
    keeper_.opened(*this);
    driver_->on_started(*this);
    enlist(); // the poller says at once what there is
}

// With the poller. Where the system has no room for one more, the connection is lost.
bool connection::enlist() {
    if (home_.readiness().add(link_.descriptor(), *this)) return true;
    lose();
    return false;
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
    count_queue();
    state_ = status::moved;
    home_.readiness().remove(link_.descriptor(), *this);
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
    if (!enlist()) return;
    if (!unsent.empty()) write(std::move(unsent));
    in_driver_ = true;
    driver_->on_moved(*this);
    in_driver_ = false;
    if (!settle()) return;
    readable_ = true; // OpenSSL may hold input that no descriptor tells of
    flush_now();
    resume_reading();
}

// ---- in

void connection::on_ready(std::uint32_t events) {
    const connection_ptr keep(this);
    home_.touch();
    try {
        // Under TLS either kind of readiness can be what a read or a write is waiting for.
        const bool either = link_.secure();
        if (either || events & ~std::uint32_t(EPOLLOUT)) readable_ = true;
        if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) peer_ended_ = true;
        if (!link_.established() && !continue_handshake()) return;
        if (!writable_ && (either || events & EPOLLOUT)) {
            writable_ = true;
            flush_now();
        }
        if (readable_ && wants_input() && !read_posted_) read_some();
    } catch (const std::exception&) {
        in_driver_ = false;
        lose(); // out of memory, say: this connection's end, nobody else's
    }
}

bool connection::wants_input() const {
    switch (state_) {
    case status::open:
        return !input_held_ && !is_congested();
    case status::draining:
        return false; // what the peer still says is of no interest yet
    case status::lingering:
        return true; // its end is
    default:
        return false;
    }
}

bool connection::continue_handshake() {
    switch (link_.handshake()) {
    case io_status::ok:
        driver_->on_established();
        return state_ == status::open;
    case io_status::would_block:
        return false;
    default:
        lose();
        return false;
    }
}

void connection::read_some() {
    in_driver_ = true;
    std::span<char> buffer = home_.read_buffer();
    if (reads_little_) buffer = buffer.first(little);
    const int most = reads_little_ ? 1 : max_reads_per_turn;
    for (int i = 0; i < most && readable_ && wants_input(); ++i) {
        const io_result got = link_.read(buffer.data(), buffer.size());
        if (got.status == io_status::would_block) {
            readable_ = false;
            break;
        }
        if (got.status != io_status::ok) {
            in_driver_ = false;
            flush_now(); // who has only finished sending still reads what was answered
            return state_ == status::lingering ? close() : lose();
        }
        home_.counters.socket_bytes_in.add(got.bytes);
        // A short read has emptied the socket, unless its end waits behind; OpenSSL may hold more.
        if (got.bytes < buffer.size() && !link_.secure() && !peer_ended_) readable_ = false;
        if (state_ == status::lingering) continue;
        driver_->on_input({buffer.data(), got.bytes});
        if (former_driver_ || move_target_) {
            in_driver_ = false;
            if (!settle()) return;
            in_driver_ = true;
        }
    }
    in_driver_ = false;
    if (state_ != status::closed) resume_reading();
}

// Goes on where reading stopped although there was more; not at once, for others are waiting.
void connection::resume_reading() {
    if (!readable_ || read_posted_ || in_driver_ || !wants_input() || !link_.established()) return;
    read_posted_ = true;
    home_.post([self = connection_ptr(this)] {
        self->read_posted_ = false;
        if (self->state_ != status::closed) self->on_ready(0);
    });
}

void connection::hold_input(bool hold) {
    input_held_ = hold;
    if (!hold) resume_reading();
}

// ---- out

void connection::write(const outgoing_ptr& owner, std::string_view bytes, bool continues) {
    if (state_ != status::open) return;
    const bool was_congested = is_congested();
    out_.push(owner, bytes, continues);
    count_queue();
    if (is_congested() && !was_congested) home_.counters.reads_paused.add();
    flush_soon();
}

void connection::look_ahead() const {
    __builtin_prefetch(&home_);
    __builtin_prefetch(&state_);
    __builtin_prefetch(driver_.get());
    out_.look_ahead();
}

void connection::write(std::string bytes) {
    const outgoing_ptr owner = outgoing::raw(std::move(bytes));
    write(owner, owner->data());
}

// By difference, because what an overflow policy drops leaves the queue without passing here.
void connection::count_queue() {
    home_.counters.queued_bytes.add(out_.bytes() - counted_);
    counted_ = out_.bytes();
}

void connection::flush_soon() {
    if (flush_posted_ || !writable_) return;
    flush_posted_ = true;
    home_.flush_later(*this);
}

void connection::flush_now() {
    flush_posted_ = false;
    if (!writable_ || (state_ != status::open && state_ != status::draining)) return;
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
        out_.consume(sent.bytes);
        count_queue();
        if (sent.status == io_status::would_block) {
            writable_ = false;
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

// ---- the end

void connection::close_gently(milliseconds patience_time) {
    if (state_ != status::open) return;
    state_ = status::draining;
    patience_ = std::make_unique<patience>(*this);
    home_.set_timer(*patience_, home_.now() + patience_time);
    flush_soon();
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
    out_.clear();
    count_queue();
    home_.readiness().remove(link_.descriptor(), *this);
    link_.close();
    keeper_.closed(*this);
}

} // namespace sockeye::engineio
