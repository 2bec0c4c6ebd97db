#include "workloads.hpp"

#include "echo_client.hpp"
#include "polling_client.hpp"

#include <algorithm>
#include <cmath>

namespace sockeye::bench {
namespace {

constexpr double ping_interval_s = 25; // the default of Engine.IO servers
constexpr double after_s = 0.1;        // for what is not: second copies, work put off

} // namespace

load_run::load_run(const load_options& o)
    : options_(o), target_{o.port, o.path}, sender_target_{o.sender_port, o.path} {
    board_.inflight = o.inflight;
    board_.message_size = o.size;
    make_clients();
}

void load_run::make_clients() {
    clients_.clear();
    rooms_.clear();
    board_.open = board_.ended = 0;
    const unsigned senders_beside = options_.mode == workload::fanout ? 1 : 0;
    for (std::uint32_t i = 0; i < options_.conns + senders_beside; ++i)
        clients_.push_back(make_client(i));
}

std::unique_ptr<client> load_run::make_client(std::uint32_t number) {
    if (options_.mode == workload::polling || options_.over_polling)
        return std::make_unique<polling_client>(number, board_, driver_.links, target_,
                                                options_.mode == workload::handshake);
    if (options_.socketio) {
        const seat its = seat_of(number);
        const bool elsewhere = options_.sender_port != 0 && !its.member;
        return std::make_unique<socketio_client>(number, board_, driver_.links,
                                                 elsewhere ? sender_target_ : target_, its);
    }
    return std::make_unique<echo_client>(number, board_, driver_.links, target_);
}

seat load_run::seat_of(std::uint32_t number) {
    if (options_.mode == workload::ack) return {};
    const bool one_room = options_.mode == workload::fanout;
    const std::size_t room = one_room ? 0 : number / options_.room_size;
    if (room == rooms_.size()) rooms_.push_back({.name = "room-" + std::to_string(room)});
    if (one_room && number == options_.conns) return {.room = &rooms_[0], .caster = true};
    return {.room = &rooms_[room], .member = true, .caster = options_.mode == workload::rooms};
}

std::string load_run::run(report& r) {
    switch (options_.mode) {
    case workload::echo:
    case workload::polling:
    case workload::ack:
        run_exchange(r, "cpu_us_per_message");
        break;
    case workload::fanout:
    case workload::rooms:
        run_exchange(r, "cpu_us_per_delivery");
        break;
    case workload::handshake:
        run_handshake(r);
        break;
    case workload::idle:
        run_idle(r);
        break;
    }
    return board_.failure;
}

void load_run::start_clients() {
    for (const auto& c : clients_)
        c->start();
}

void load_run::exchange_for(double seconds) {
    if (options_.rate > 0) {
        driver_.run_at_intervals(options_.rate, seconds, [this] { start_clients(); });
    } else {
        board_.sending = true;
        start_clients();
        driver_.run_for(seconds);
        board_.sending = false;
    }
    if (!driver_.run_until([&] { return board_.on_the_way == 0; }, patience_s))
        board_.fail(0, std::to_string(board_.on_the_way) + " messages did not come");
    driver_.run_for(after_s);
}

void load_run::run_exchange(report& r, const char* figure) {
    driver_.open(clients_, clients_.size());
    if (options_.warmup > 0) exchange_for(options_.warmup);
    const std::uint64_t before = board_.received;
    measurement m(options_.server_pid);
    exchange_for(options_.seconds);
    m.end();
    m.report_per(r, figure, double(board_.received - before));
}

void load_run::run_handshake(report& r) {
    // Once unmeasured: a server that compiles itself as it runs is not to be judged by its first
    // try.
    driver_.open(clients_, clients_.size());
    if (board_.failure.empty()) driver_.close(clients_);
    if (!board_.failure.empty()) return;
    make_clients();

    measurement opening(options_.server_pid);
    driver_.open(clients_, clients_.size());
    driver_.run_for(after_s);
    opening.end();
    opening.report_per(r, "cpu_us_per_handshake", double(board_.open));

    measurement closing(options_.server_pid);
    if (board_.failure.empty()) driver_.close(clients_);
    driver_.run_for(after_s);
    closing.end();
    r.add("cpu_us_per_close", closing.server_seconds() * 1e6 / options_.conns);
}

void load_run::run_idle(report& r) {
    // What the first sessions bring in once, such as pages of libraries, is no session's share.
    const std::size_t first = std::min<std::size_t>(200, clients_.size() / 2);
    driver_.open(clients_, first);
    driver_.run_for(options_.settle);
    const double before = double(read_resident_kib(options_.server_pid));
    driver_.open(clients_, clients_.size());
    driver_.run_for(options_.settle);
    const double after = double(read_resident_kib(options_.server_pid));
    r.add("kib_per_connection", (after - before) / double(clients_.size() - first));
    r.add("resident_kib_before", before);
    r.add("resident_kib_after", after);
    if (options_.hold > 0) hold(r);
}

void load_run::hold(report& r) {
    const std::uint64_t pings_before = board_.pings;
    measurement m(options_.server_pid);
    driver_.run_for(options_.hold);
    m.end();
    r.add("idle_cpu_percent", 100 * m.server_seconds() / m.wall_seconds());
    const std::uint64_t pings = board_.pings - pings_before;
    r.add("pings", double(pings));
    // Sessions rest cheaply where nobody asks whether they live: all are due in each interval.
    if (double(pings) < options_.conns * std::floor(options_.hold / (ping_interval_s + 2)))
        board_.fail(0, "only " + std::to_string(pings) + " pings came");
}

} // namespace sockeye::bench
