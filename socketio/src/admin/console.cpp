#include "admin/console.hpp"

#include "admin/commands.hpp"
#include "admin/serialized_socket.hpp"
#include "client.hpp"
#include "server_core.hpp"
#include "socket_core.hpp"

#include <algorithm>
#include <array>
#include <unistd.h>

namespace sockeye::socketio::admin {
namespace {

using namespace std::chrono_literals;

std::string this_host() {
    std::array<char, 256> name{};
    ::gethostname(name.data(), name.size() - 1);
    return name.data();
}

admin_options completed(admin_options options) {
    if (options.server_id.empty())
        options.server_id = this_host() + '#' + std::to_string(::getpid());
    if (!options.store) options.store = memory_session_store();
    return options;
}

bool is_polling(client& c) {
    return c.session().transport() == engineio::transport_kind::polling;
}

} // namespace

console::console(server_core& server, admin_options options)
    : server_(server), options_(completed(std::move(options))), hostname_(this_host()),
      tick_length_(std::min<std::chrono::milliseconds>(options_.update_interval, 1s)),
      events_per_shard_(
          std::max<std::size_t>(options_.max_events_per_second / server.shards().size(), 1)),
      admins_(server.namespaces().of(options_.namespace_name)), shards_(server.shards().size()),
      detailed_(options_.mode == admin_mode::development) {
    if (const auto* expected = std::get_if<basic_authentication>(&options_.auth)) {
        login_.emplace(*expected, options_.store);
        admins_.use([this](const socket& s, const namespace_::connect_next& next) {
            login_->check(s, next);
        });
    }
    admins_.on_connection([this](const socket& s) { welcome(s); });
}

void console::start() {
    server_.shards().post(0, [this] { tick(); });
}

void console::stop() {
    if (login_) login_->stop();
}

console::shard_state& console::here() {
    return shards_[server_.shards().current()];
}

admin_totals console::counters() const {
    admin_totals sum{};
    for (const shard_state& shard : shards_) {
        sum.updates_sent += shard.sent.value();
        sum.updates_left_out += shard.left_out.value();
    }
    if (login_) {
        sum.logins_refused = login_->refused();
        sum.logins_not_tried = login_->not_tried();
    }
    return sum;
}

// ---- admins

value console::config() const {
    array features;
    if (!options_.readonly)
        features = {"EMIT", "JOIN", "LEAVE", "DISCONNECT", "MJOIN", "MLEAVE", "MDISCONNECT"};
    features.emplace_back("AGGREGATED_EVENTS");
    if (detailed_) features.emplace_back("ALL_EVENTS");
    return object{{"supportedFeatures", std::move(features)}};
}

void console::welcome(const socket& admin) {
    if (!options_.readonly) add_commands(admin, server_);
    admin.emit("config", config());
    if (detailed_)
        with_all_sockets([admin](array all) { admin.emit("all_sockets", std::move(all)); });
}

void console::with_all_sockets(std::function<void(array)> then) {
    struct gathering {
        array sockets;
        std::size_t missing;
        std::function<void(array)> then;
    };
    const auto namespaces = server_.namespaces().all();
    const auto into =
        std::make_shared<gathering>(gathering{{}, namespaces.size(), std::move(then)});
    for (const auto& nsp : namespaces)
        namespace_(nsp).fetch_sockets().then(
            [this, into, nsp](const outcome<std::vector<remote_socket>>& found) {
                for (const remote_socket& one : found.result) {
                    if (into->sockets.size() < options_.max_detailed_sockets)
                        into->sockets.push_back(serialize(one.details(), nsp->name()));
                    else
                        here().left_out.add();
                }
                if (--into->missing == 0) into->then(std::move(into->sockets));
            });
}

// The front end follows: without ALL_EVENTS it shows sums only.
void console::set_detailed(bool on) {
    if (detailed_.exchange(on) == on) return;
    admins_.local().emit("config", config());
    if (on)
        with_all_sockets(
            [this](array all) { admins_.local().emit("all_sockets", std::move(all)); });
}

// ---- what happens to single sockets

// Admins of other servers cannot be counted.
bool console::has_audience() const {
    return admins_.socket_count() > 0 || server_.options().adapter;
}

bool console::tells_details() {
    if (options_.mode == admin_mode::production || !has_audience()) return false;
    if (detailed_.load(std::memory_order_relaxed)) return true;
    here().left_out.add();
    return false;
}

template<class... Arguments>
void console::tell(std::string_view event, Arguments&&... arguments) {
    here().sent.add();
    admins_.emit(event, std::forward<Arguments>(arguments)...);
}

void console::on_connect(socket_core& s) {
    if (++sockets_ > options_.max_detailed_sockets) set_detailed(false);
    if (tells_details()) tell("socket_connected", serialize(s), now_as_json());
}

void console::on_disconnect(socket_core& s, std::string_view reason) {
    --sockets_;
    if (tells_details()) tell("socket_disconnected", s.nsp().name(), s.id(), reason, now_as_json());
}

void console::on_join(socket_core& s, std::string_view room) {
    if (tells_details()) tell("room_joined", s.nsp().name(), room, s.id(), now_as_json());
}

void console::on_leave(socket_core& s, std::string_view room) {
    if (tells_details()) tell("room_left", s.nsp().name(), room, s.id(), now_as_json());
}

void console::on_event_in(socket_core& s, const array& event) {
    tell_event("event_received", s, event);
}

void console::on_event_out(socket_core& s, const array& event) {
    tell_event("event_sent", s, event);
}

// Not of the admins themselves: each would cause the next.
void console::tell_event(std::string_view kind, socket_core& s, const array& event) {
    if (&s.nsp() == admins_.core().get() || !tells_details()) return;
    shard_state& shard = here();
    const std::uint64_t second = second_.load(std::memory_order_relaxed);
    if (shard.budget_second != second) {
        shard.budget_second = second;
        shard.budget = events_per_shard_;
    }
    if (shard.budget == 0) return shard.left_out.add();
    --shard.budget;
    tell(kind, s.nsp().name(), s.id(), event, now_as_json());
}

// Nobody tells when data change: they are compared when the turn of whoever asked for them is over.
void console::on_data(socket_core& s) {
    if (!s.connected() || !tells_details()) return;
    shard_state& shard = here();
    const auto [at, first_time] = shard.changing.try_emplace(&s);
    if (!first_time) return;
    at->second = {s.shared_from_this(), s.data()};
    if (shard.changing.size() == 1)
        server_.shards().post(server_.shards().current(),
                              [this, &shard] { tell_changed_data(shard); });
}

void console::tell_changed_data(shard_state& shard) {
    for (const auto& [key, changing] : std::exchange(shard.changing, {})) {
        socket_core& s = *changing.socket;
        if (s.connected() && s.data() != changing.before)
            tell("socket_updated",
                 object{{"id", s.id()}, {"nsp", s.nsp().name()}, {"data", s.data()}});
    }
}

void console::on_describe(socket_core& s, socket_details& details) {
    if (options_.mode == admin_mode::development) add_admin_details(s, details);
}

// ---- connections

void console::on_open(client& c) {
    auto& traffic = here().traffic;
    traffic.add(measure::raw_connection);
    if (is_polling(c)) traffic.polling_clients.add();
}

void console::on_upgrade(client& c) {
    here().traffic.polling_clients.sub();
    if (!tells_details()) return;
    for (const auto& s : c.sockets())
        tell("socket_updated", object{{"id", s->id()},
                                      {"nsp", s->nsp().name()},
                                      {"transport", engineio::name(c.session().transport())}});
}

void console::on_close(client& c, engineio::close_reason why) {
    auto& traffic = here().traffic;
    traffic.add_disconnection(why);
    if (is_polling(c)) traffic.polling_clients.sub();
}

void console::on_packet_in(const engineio::packet_view& packet) {
    if (packet.data.empty()) return;
    auto& traffic = here().traffic;
    traffic.add(measure::packets_in);
    traffic.add(measure::bytes_in, packet.data.size());
}

void console::on_packet_out(const engineio::outgoing& packet) {
    if (packet.size() == 0) return;
    auto& traffic = here().traffic;
    traffic.add(measure::packets_out);
    traffic.add(measure::bytes_out, packet.size());
}

// ---- sums, on shard 0

void console::tick() {
    using namespace std::chrono;
    traffic_totals totals{};
    for (const shard_state& shard : shards_)
        shard.traffic.add_to(totals);
    history_.sample(totals, floor<seconds>(last_sample_).time_since_epoch().count());
    last_sample_ = system_clock::now();
    const auto now = steady_clock::now();
    second_.store(static_cast<std::uint64_t>((now - born_) / 1s) + 1, std::memory_order_relaxed);
    if (options_.mode == admin_mode::development)
        set_detailed(sockets_ <= options_.max_detailed_sockets);
    if (now >= next_stats_) {
        next_stats_ = now + options_.update_interval;
        tell_stats();
    }
    server_.shards().post_after(0, tick_length_, [this] { tick(); });
}

void console::tell_stats() {
    array events = history_.take();
    if (!has_audience()) return;
    std::uint64_t polling = 0;
    for (const shard_state& shard : shards_)
        polling += shard.traffic.polling_clients.value();
    const std::chrono::duration<double> uptime = std::chrono::steady_clock::now() - born_;
    admins_.emit("server_stats", object{{"serverId", options_.server_id},
                                        {"hostname", hostname_},
                                        {"pid", ::getpid()},
                                        {"uptime", uptime.count()},
                                        {"clientsCount", server_.engine().session_count()},
                                        {"pollingClientsCount", polling},
                                        {"aggregatedEvents", std::move(events)},
                                        {"namespaces", namespaces()}});
}

array console::namespaces() const {
    auto all = server_.namespaces().all();
    std::ranges::sort(all, {}, [](const auto& nsp) -> const std::string& { return nsp->name(); });
    array list;
    for (const auto& nsp : all)
        list.emplace_back(object{{"name", nsp->name()}, {"socketsCount", nsp->sockets.load()}});
    return list;
}

} // namespace sockeye::socketio::admin
