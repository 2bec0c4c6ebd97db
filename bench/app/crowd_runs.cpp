#include "crowd.hpp"
#include "runs.hpp"
#include "spread.hpp"

#include <charconv>
#include <chrono>

namespace sockeye::bench {
namespace {

constexpr double settle_s = 3;  // before memory is read
constexpr double after_s = 0.5; // for second copies

std::int64_t steady_us() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string room_of(std::uint32_t user, const app_options& o) {
    return argument("roomId", "room-" + std::to_string(user / o.room_size));
}

// Each message says which of its room's it is, and when it was sent.
class broadcast_run {
public:
    broadcast_run(driver& on, const app_options& o)
        : driver_(on), options_(o),
          all_(on, o, [this](app_client& who, std::string_view event) { hear(who, event); }) {}

    void run(report& r) {
        for (std::uint32_t user = 0; user < options_.users; ++user)
            all_.add(user);
        all_.open();
        all_.each([this](app_client& c) { c.ask("presence:join", room_of(c.number(), options_)); });
        due_.resize(all_.size() * options_.room_size);
        sent_.resize(all_.size());
        send_for(options_.warmup);
        measure(r);
    }

private:
    void measure(report& r) {
        times_.clear();
        expense spent(options_);
        send_for(options_.seconds);
        spent.report_per(r, "cpu_us_per_delivery", double(times_.size()));
        times_.report_as(r, "delivery");
    }

    void send_for(double seconds) {
        driver_.run_at_intervals(options_.rate, seconds,
                                 [this] { send(all_[next_++ % all_.size()]); });
        if (!driver_.run_until([this] { return deliveries_due_ == 0; }, patience_s))
            driver_.board.fail(0, std::to_string(deliveries_due_) + " messages did not come");
        all_.settle();
        driver_.run_for(after_s);
    }

    void send(app_client& from) {
        const std::uint32_t first = from.number() / options_.room_size * options_.room_size;
        const auto members = std::min<std::size_t>(options_.room_size, all_.size() - first);
        deliveries_due_ += std::int64_t(members) - 1;
        const std::string data = std::to_string(from.number()) + ' ' +
                                 std::to_string(sent_[from.number()]++) + ' ' +
                                 std::to_string(steady_us());
        std::string message = room_of(from.number(), options_);
        message.insert(message.size() - 1, ",\"data\":\"" + data + '"');
        from.ask("room:send", message);
    }

    void hear(app_client& who, std::string_view event) {
        if (!event.starts_with("[\"room:message\"")) return; // others come into the room
        const std::string_view data = find_json_string(event, "data");
        std::uint32_t sender = 0;
        std::uint64_t sequence = 0;
        std::int64_t sent_at = 0;
        const char* const end = data.data() + data.size();
        const char* at = std::from_chars(data.data(), end, sender).ptr + 1;
        if (at < end) at = std::from_chars(at, end, sequence).ptr + 1;
        if (at < end) std::from_chars(at, end, sent_at);
        const bool same_room = sender / options_.room_size == who.number() / options_.room_size;
        if (!same_room || sender == who.number() ||
            sequence != due_[who.number() * options_.room_size + sender % options_.room_size]++)
            return driver_.board.fail(who.number(),
                                      "not the message that is due: " + std::string(event));
        --deliveries_due_;
        times_.add(double(steady_us() - sent_at) / 1000);
    }

    driver& driver_;
    const app_options& options_;
    crowd all_;
    std::vector<std::uint64_t> due_;  // of each client: the next message of each in its room
    std::vector<std::uint64_t> sent_; // by each client
    std::int64_t deliveries_due_ = 0;
    std::size_t next_ = 0;
    spread times_;
};

double resident_mib(pid_t server) {
    return double(read_resident_kib(server)) / 1024;
}

} // namespace

void run_broadcast(driver& on, const app_options& o, report& r) {
    broadcast_run(on, o).run(r);
}

void run_memory(driver& on, const app_options& o, report& r) {
    const double before = resident_mib(o.server_pid);
    crowd all(on, o, [](auto&, auto) {});
    for (std::uint32_t user = 0; user < o.users; ++user)
        for (unsigned socket = 0; socket < o.sockets; ++socket)
            all.add(user);
    all.open();
    all.each([&](app_client& c) { c.ask("room:join", room_of(c.number() / o.sockets, o)); });
    on.run_for(settle_s);
    const double after = resident_mib(o.server_pid);
    r.add("resident_mib", after);
    r.add("resident_mib_before", before);
    r.add("kib_per_connection", (after - before) * 1024 / double(all.size()));
}

} // namespace sockeye::bench
