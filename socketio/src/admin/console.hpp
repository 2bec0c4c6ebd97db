#pragma once

#include "admin/login.hpp"
#include "admin/traffic.hpp"
#include "observer.hpp"

#include <sockeye/engineio/shards.hpp>
#include <sockeye/socketio/admin_ui.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sockeye::socketio::admin {

// Watches a server and tells the admins, who are sockets of a namespace of it.
//
// What happens is told from the shard where it happens, through a broadcast like any other, which
// also reaches the admins of a cluster's other servers.
class console final : public observer, public admin_ui {
public:
    console(server_core& server, admin_options options);

    void start(); // once the server knows its observer
    [[nodiscard]] admin_totals counters() const override;

private:
    struct changing_data {
        std::shared_ptr<socket_core> socket;
        value before;
    };
    struct alignas(64) shard_state { // of its shard's thread, but for the counters
        traffic_counters traffic;
        engineio::counter sent;
        engineio::counter left_out;
        std::unordered_map<const socket_core*, changing_data> changing; // in this turn of the loop
        std::uint64_t budget_second = 0;
        std::size_t budget = 0; // events that may be told in that second
    };

    // observer
    void stop() override;
    void on_open(client& c) override;
    void on_upgrade(client& c) override;
    void on_close(client& c, engineio::close_reason why) override;
    void on_packet_in(const engineio::packet_view& packet) override;
    void on_packet_out(const engineio::outgoing& packet) override;
    void on_connect(socket_core& s) override;
    void on_disconnect(socket_core& s, std::string_view reason) override;
    void on_join(socket_core& s, std::string_view room) override;
    void on_leave(socket_core& s, std::string_view room) override;
    void on_event_in(socket_core& s, const array& event) override;
    void on_event_out(socket_core& s, const array& event) override;
    void on_data(socket_core& s) override;
    void on_describe(socket_core& s, socket_details& details) override;

    void welcome(const socket& admin);
    [[nodiscard]] value config() const;
    [[nodiscard]] bool has_audience() const;
    [[nodiscard]] bool tells_details(); // of what happens to single sockets
    void set_detailed(bool on);
    template<class... Arguments>
    void tell(std::string_view event, Arguments&&... arguments);
    void tell_event(std::string_view kind, socket_core& s, const array& event);
    void tell_changed_data(shard_state& here);
    void with_all_sockets(std::function<void(array)> then);

    // ---- shard 0
    void tick();
    void tell_stats();
    [[nodiscard]] array namespaces() const;

    [[nodiscard]] shard_state& here();

    server_core& server_;
    const admin_options options_;
    const std::string hostname_;
    const std::chrono::steady_clock::time_point born_ = std::chrono::steady_clock::now();
    const std::chrono::milliseconds tick_length_;
    const std::size_t events_per_shard_;
    namespace_ admins_;
    std::optional<login> login_;
    std::vector<shard_state> shards_;
    std::atomic<std::size_t> sockets_ = 0;
    std::atomic<bool> detailed_;
    std::atomic<std::uint64_t> second_ = 1; // for budgets; counted by shard 0
    traffic_history history_;
    std::chrono::system_clock::time_point last_sample_ = std::chrono::system_clock::now();
    std::chrono::steady_clock::time_point next_stats_ = born_;
};

} // namespace sockeye::socketio::admin
