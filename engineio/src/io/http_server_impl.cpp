#include "io/http_server_impl.hpp"

#include "io/refused_connection.hpp"
#include "io/server_impl.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace sockeye::engineio {
namespace {

// Connections that are told why they cannot stay. More are closed without a word.
constexpr std::size_t max_refusals_under_way = 256;
// Answers that a client has not read: beyond this it may not ask for more.
constexpr std::size_t http_pause_mark = 256 * 1024;
// Between two lines of log that say that no connection can be accepted.
constexpr seconds complaint_interval{60};

} // namespace

// ---- limits

connection_limits::verdict connection_limits::admit(const peer_address& peer) {
    if (count_.fetch_add(1, std::memory_order_relaxed) >= max_) {
        count_.fetch_sub(1, std::memory_order_relaxed);
        return verdict::too_many;
    }
    if (max_per_address_ == 0) return verdict::admitted;
    const std::lock_guard lock(mutex_);
    std::size_t& from_there = per_address_[peer];
    if (from_there < max_per_address_) {
        ++from_there;
        return verdict::admitted;
    }
    count_.fetch_sub(1, std::memory_order_relaxed);
    return verdict::too_many_from_address;
}

void connection_limits::overdraw(const peer_address& peer) {
    count_.fetch_add(1, std::memory_order_relaxed);
    if (max_per_address_ == 0) return;
    const std::lock_guard lock(mutex_);
    ++per_address_[peer];
}

void connection_limits::release(const peer_address& peer) {
    count_.fetch_sub(1, std::memory_order_relaxed);
    if (max_per_address_ == 0) return;
    const std::lock_guard lock(mutex_);
    const auto found = per_address_.find(peer);
    if (--found->second == 0) per_address_.erase(found);
}

// ---- construction

http_server_impl::http_server_impl(http_server_options options, asio::io_context* context)
    : options_(std::move(options)), route_(options_),
      limits_(options_.max_connections, options_.max_connections_per_ip) {
    route_.on_exception = [this](std::string_view what) {
        log(log_level::error, "exception out of a route: " + std::string(what));
    };
    if (options_.tls) tls_ = std::make_shared<tls_context>(*options_.tls);
    unsigned count = 1;
    if (!context)
        count = options_.threads != 0 ? options_.threads
                                      : std::max(1u, std::thread::hardware_concurrency());
    for (unsigned i = 0; i < count; ++i) {
        shards_.push_back(std::make_shared<shard>(i, context ? *context : own_loops_.add()));
        shards_.back()->start();
    }
    connections_ = std::vector<connection_list>(count);
}

http_server_impl::~http_server_impl() = default;

void http_server_impl::log(log_level level, std::string_view line) const {
    if (log_) return log_(level, line);
    log_to_standard_error(level, line);
}

// ---- shards

namespace {
// Whose shard this thread runs: asked for several times a message.
thread_local const http_server_impl* running_server = nullptr;
thread_local unsigned running_shard = 0;
} // namespace

unsigned http_server_impl::current() const {
    if (running_server == this) return running_shard;
    if (!own_loops_.empty()) return none;
    return shards_.front()->is_current() ? 0 : none;
}

void http_server_impl::post(unsigned shard, std::function<void()> task) {
    shards_[shard]->post(std::move(task));
}

void http_server_impl::post_after(unsigned shard, milliseconds delay, std::function<void()> task) {
    shards_[shard]->post_after(delay, std::move(task));
}

void http_server_impl::set_timer(timed& entry, milliseconds delay) {
    shard& home = *shards_[current()];
    home.set_timer(entry, home.now() + delay);
}

void http_server_impl::cancel_timer(timed& entry) {
    shards_[current()]->cancel_timer(entry);
}

counter_totals http_server_impl::totals() const {
    counter_totals sum{};
    for (const auto& shard : shards_)
        accumulate(sum, shard->counters);
    return sum;
}

// ---- listening

unsigned short http_server_impl::listen(unsigned short port, const std::string& address) {
    const auto open = [&](const asio::ip::address& at, bool v6_only) {
        auto opened = std::make_shared<listener>(
            shard_at(0).context(),
            listener::host{[this](int fd, const peer_address& peer) { on_accepted(fd, peer); },
                           [this](const error_code& ec) { on_accept_failed(ec); }});
        opened->open({at, port}, v6_only, options_.listen_backlog);
        port = opened->port();
        shard_at(0).post([this, opened] {
            if (stopping_) return;
            listeners_.push_back(opened);
            opened->start();
        });
    };
    const auto open_if_there = [&](const asio::ip::address& at, bool v6_only) {
        try {
            open(at, v6_only);
            return true;
        } catch (const std::system_error& error) {
            // A machine without IPv6.
            if (error.code() != std::errc::address_family_not_supported &&
                error.code() != std::errc::address_not_available)
                throw;
            return false;
        }
    };
    if (address == "localhost") {
        open(asio::ip::address_v4::loopback(), false);
        open_if_there(asio::ip::address_v6::loopback(), true);
    } else if (!address.empty()) {
        error_code bad;
        const asio::ip::address at = asio::ip::make_address(address, bad);
        if (bad)
            throw std::system_error(std::make_error_code(std::errc::invalid_argument),
                                    "sockeye: listen takes a numeric IP address or \"localhost\", "
                                    "not \"" +
                                        address + '"');
        open(at, true);
    } else if (!open_if_there(asio::ip::address_v6::any(), false)) {
        open(asio::ip::address_v4::any(), false);
    }
    return port;
}

void http_server_impl::on_accept_failed(const error_code& ec) {
    shard& here = shard_at(0);
    here.counters.connections_refused.add();
    if (here.now() < next_complaint_) return;
    next_complaint_ = here.now() + complaint_interval;
    log(log_level::warning, "cannot accept connections for now: " + ec.message());
}

void http_server_impl::on_accepted(int descriptor, const peer_address& peer) {
    shard& here = shard_at(0);
    here.touch();
    const time_point now = here.now();
    const auto verdict = limits_.admit(peer);
    if (verdict != connection_limits::verdict::admitted) return refuse(descriptor, verdict, peer);
    shard& home = shard_at(next_shard_++ % shard_count());
    if (&home == &here) return take({descriptor, nullptr, peer, nullptr, {}}, home, now);
    auto transit =
        std::make_shared<connection_in_transit>(descriptor, nullptr, peer, nullptr, std::string());
    home.post([this, &home, transit, now] { take(std::move(*transit), home, now); });
}

// ---- connections, on their shard's thread

connection_ptr http_server_impl::make_connection(connection_in_transit& what, shard& home) {
    return connection_ptr(
        new connection(*this, home, stream(std::exchange(what.descriptor, -1), std::move(what.tls)),
                       what.peer, http_pause_mark));
}

void http_server_impl::take(connection_in_transit what, shard& home, time_point accepted) {
    if (const auto context = tls())
        what.tls = std::make_unique<tls_session>(*context, what.descriptor);
    home.counters.connections_accepted.add();
    make_connection(what, home)
        ->start(std::make_unique<http_connection>(options_, static_cast<request_router&>(*this),
                                                  accepted));
    if (stopping_) close_sessions(home); // it came too late to be told with the others
}

void http_server_impl::refuse(int descriptor, connection_limits::verdict why,
                              const peer_address& peer) {
    shard& home = shard_at(0);
    home.counters.connections_refused.add();
    connection_in_transit what(descriptor, nullptr, peer, nullptr, {});
    if (options_.tls || refusals_ >= max_refusals_under_way) return;
    auto gone = std::shared_ptr<void>(nullptr, [this](void*) { --refusals_; });
    ++refusals_;
    limits_.overdraw(peer); // closed() gives it back
    make_connection(what, home)
        ->start(std::make_unique<refused_connection>(
            why == connection_limits::verdict::too_many ? 503 : 429, std::move(gone)));
}

void http_server_impl::opened(connection& c) {
    intrusive_ptr_add_ref(&c); // the list keeps it
    connections_[c.home().index()].push_back(c);
    c.home().counters.connections.add();
}

void http_server_impl::forget(connection& c) {
    auto& list = connections_[c.home().index()];
    list.erase(list.iterator_to(c));
    c.home().counters.connections.sub();
    intrusive_ptr_release(&c);
}

void http_server_impl::closed(connection& c) {
    limits_.release(c.peer());
    forget(c);
    if (stopping_ && limits_.count() == 0) shard_at(0).post([this] { finish_stop(); });
}

void http_server_impl::move(connection& c, shard& target, connection_in_transit what) {
    forget(c);
    const auto transit = std::make_shared<connection_in_transit>(std::move(what));
    target.post([this, &target, transit] {
        // A client that sent something to this shard before may count on its being heard first,
        // such as the `5` of an upgrade before a poll that must be refused.
        target.readiness().catch_up();
        std::unique_ptr<connection_driver> driver = std::move(transit->driver);
        make_connection(*transit, target)->resume(std::move(driver), std::move(transit->unsent));
        if (stopping_) close_sessions(target);
    });
}

void http_server_impl::on_request(http_connection& from) {
    for (const auto& server : servers_)
        if (server->matches(from.request())) return server->part(from.home()).on_request(from);
    route_.on_request(from);
}

// ---- TLS

std::shared_ptr<tls_context> http_server_impl::tls() {
    if (!options_.tls) return nullptr;
    const std::lock_guard lock(tls_mutex_);
    return tls_;
}

void http_server_impl::reload_certificates() {
    if (!options_.tls) return;
    auto renewed = std::make_shared<tls_context>(*options_.tls);
    const std::lock_guard lock(tls_mutex_);
    tls_ = std::move(renewed);
}

// ---- running and stopping

void http_server_impl::start() {
    const std::lock_guard lock(run_mutex_);
    if (started_) return;
    started_ = true;
    for (unsigned i = 0; i < own_loops_.size(); ++i) {
        work_.emplace_back(own_loops_[i].get_executor());
        threads_.emplace_back([this, i] { run_context(i); });
    }
}

void http_server_impl::run_context(unsigned index) {
    running_server = this;
    running_shard = index;
    asio::io_context& context = own_loops_[index];
    for (;;) {
        try {
            context.run();
            return;
        } catch (const std::exception& error) {
            // A task that an application posted; the shard must go on for all the others.
            log(log_level::error, std::string("exception out of a task: ") + error.what());
        }
    }
}

// Signals are waited for on the calling thread: a handler that holds up a shard does not hold them
// up.
void http_server_impl::run() {
    if (own_loops_.empty())
        throw std::logic_error("sockeye: run() is for a server with threads of its own; here the "
                               "application runs its io_context");
    asio::io_context waiting(1);
    asio::basic_signal_set<executor> signals(waiting, SIGINT, SIGTERM);
    {
        const std::lock_guard lock(run_mutex_);
        if (ended_) return;
        waiting_ = &waiting;
    }
    bool asked = false;
    const std::function<void(const error_code&, int)> on_signal = [&](const error_code& ec, int) {
        if (ec) return;
        if (!std::exchange(asked, true)) {
            log(log_level::info, "stopping; a second signal stops at once");
            request_stop(seconds(5));
            return signals.async_wait(on_signal);
        }
        shard_at(0).post([this] { finish_stop(); });
        signals.clear(); // a third ends the process
    };
    signals.async_wait(on_signal);
    start();
    waiting.run();
    wait_ended();
    waiting_ = nullptr; // all threads have ended
}

void http_server_impl::wait_ended() {
    std::unique_lock lock(run_mutex_);
    run_ended_.wait(lock, [this] { return ended_; });
    std::vector<std::thread> threads = std::move(threads_);
    lock.unlock();
    for (std::thread& thread : threads)
        thread.join();
}

void http_server_impl::stop_listening() {
    shard_at(0).post([this] { close_listeners(); });
}

void http_server_impl::close_listeners() {
    for (const auto& listener : listeners_)
        listener->close();
}

void http_server_impl::request_stop(milliseconds limit) {
    shard_at(0).post([this, limit] { begin_stop(limit); });
}

void http_server_impl::stop(milliseconds limit) {
    if (own_loops_.empty()) return limit.count() == 0 ? end_now() : request_stop(limit);
    {
        const std::lock_guard lock(run_mutex_);
        if (!started_) return;
    }
    request_stop(limit);
    wait_ended();
}

void http_server_impl::end_now() {
    if (!own_loops_.empty()) return stop(milliseconds(0));
    begin_stop(milliseconds(0));
    finish_stop();
    // Tasks that refer to this object wait in the application's context, which lives on.
    shard_at(0).post([keep = shared_from_this()] {});
}

void http_server_impl::begin_stop(milliseconds limit) {
    if (stopping_.exchange(true)) {
        if (limit.count() == 0) finish_stop(); // whoever asks now has no time left
        return;
    }
    close_listeners();
    for (const auto& shard : shards_)
        shard->post([this, home = shard.get()] { close_sessions(*home); });
    stop_timer_.emplace(shard_at(0).context(), limit);
    stop_timer_->async_wait([this](const error_code& ec) {
        if (!ec) finish_stop();
    });
    if (limits_.count() == 0) shard_at(0).post([this] { finish_stop(); });
}

void http_server_impl::close_sessions(shard& home) {
    // Connections first: the GETs that sessions answer then are the last on theirs, and say so.
    for_each_connection(home, [](connection& c) { c.stop_politely(); });
    for (const auto& server : servers_)
        server->close_part(home);
}

void http_server_impl::for_each_connection(shard& home,
                                           const std::function<void(connection&)>& visit) {
    std::vector<connection_ptr> all;
    for (connection& c : connections_[home.index()])
        all.emplace_back(&c);
    for (const connection_ptr& c : all)
        visit(*c);
}

// Everyone has been told, or the time is up.
void http_server_impl::finish_stop() {
    if (finishing_.exchange(true)) return;
    if (stop_timer_) stop_timer_->cancel();
    shards_left_ = shard_count();
    for (const auto& shard : shards_) {
        if (own_loops_.empty())
            end_shard(*shard);
        else
            shard->post([this, home = shard.get()] { end_shard(*home); });
    }
}

void http_server_impl::end_shard(shard& home) {
    for (const auto& server : servers_)
        server->part(home).abandon();
    for_each_connection(home, [](connection& c) { c.close(); });
    home.quit();
    if (!own_loops_.empty()) {
        // Behind what the lines above have posted.
        asio::post(home.context(), [&context = home.context()] { context.stop(); });
    }
    if (--shards_left_ > 0) return;
    const std::lock_guard lock(run_mutex_);
    ended_ = true;
    run_ended_.notify_all();
    if (waiting_) waiting_->stop();
}

} // namespace sockeye::engineio
