#pragma once

#include <sockeye/engineio/timed.hpp>
#include <sockeye/socketio/cluster_adapter.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace sockeye::socketio {

struct heartbeat_options {
    std::chrono::milliseconds interval = std::chrono::seconds(5);
    // A server that has not been heard of for longer is gone.
    std::chrono::milliseconds timeout = std::chrono::seconds(10);
    // How often both are looked at.
    std::chrono::milliseconds check_interval = std::chrono::seconds(1);
    std::function<engineio::time_point()> now = [] { return std::chrono::steady_clock::now(); };
};

// For a medium that does not know how many servers there are: they tell each other that they are
// there. Requests wait for servers by name, so that one that goes is waited for no longer.
class heartbeat_cluster_adapter : public cluster_adapter {
public:
    heartbeat_cluster_adapter(local_namespace& local, const cluster_options& options = {},
                              heartbeat_options heartbeat = {});
    ~heartbeat_cluster_adapter() override;

    // A medium must be able to publish by then.
    void start() override;
    // A medium lets go of its subscriptions, but publishes once more.
    void close() override;
    void server_count(std::function<void(outcome<std::size_t>)> then) override;

protected:
    void other_servers(std::function<void(outcome<server_set>)> then) override;
    void on_heard(const cluster_message& message) override;

private:
    struct presence;

    void check_regularly();
    bool check(); // false: there will be nothing to check any more
    [[nodiscard]] std::vector<std::string> peer_uids() const;

    const heartbeat_options heartbeat_;
    const std::unique_ptr<presence> presence_;
};

} // namespace sockeye::socketio
