#pragma once

#include "namespace_part.hpp"
#include "room_watch.hpp"
#include "state/listener_list.hpp"

#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/namespace.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

class encoded_event;
class server_core;
class socket_core;

// What a client meets when it joins a namespace.
struct namespace_rules {
    using connect_step = std::function<void(socket, namespace_::connect_next)>;
    using connect_handler = std::function<void(socket)>;
    struct welcome {
        std::shared_ptr<event_handler> token; // for off()
        connect_handler handler;
        bool once = false;
    };
    std::vector<connect_step> steps;
    std::vector<welcome> handlers;
};

// What the shards share of a namespace. From any thread, but for part().
class namespace_core final : public local_namespace,
                             public std::enable_shared_from_this<namespace_core> {
public:
    enum class kind : std::uint8_t {
        lasting,
        child, // of a parent: it may end with its last socket
        parent // of those that a pattern or a function allows; has no sockets itself
    };
    using rules_ptr = std::shared_ptr<const namespace_rules>;

    namespace_core(server_core& server, std::string name, kind what, rules_ptr rules);
    ~namespace_core();

    [[nodiscard]] server_core& server() { return server_; }
    [[nodiscard]] namespace_part& part(unsigned shard) { return parts_[shard]; }
    [[nodiscard]] kind what() const { return kind_; }
    [[nodiscard]] socketio::adapter& adapter() { return *adapter_; }
    void close_adapter(); // more than once does no harm
    [[nodiscard]] room_watch& rooms() { return room_watch_; }
    [[nodiscard]] std::uint64_t next_ack_id() { return next_ack_id_.fetch_add(1); }

    // ---- what a client meets
    [[nodiscard]] rules_ptr rules() const; // as of now
    void add_step(namespace_rules::connect_step step);
    listener add_welcome(namespace_rules::connect_handler handler, bool once);
    // The handlers that greet a client now; those that greet one only are gone then.
    [[nodiscard]] rules_ptr take_rules();

    // ---- events of other servers
    listener add_handler(std::shared_ptr<event_handler> handler);
    void remove_handler(const listener& one);
    void remove_handlers(std::string_view event);
    [[nodiscard]] std::size_t handler_count(std::string_view event) const;

    // ---- children of a parent
    void add_child(const std::shared_ptr<namespace_core>& child);
    [[nodiscard]] std::vector<std::shared_ptr<namespace_core>> children() const;

    // ---- clients in it, those that are joining included: see namespace_directory
    std::size_t population = 0;
    std::atomic<std::size_t> sockets = 0; // connected

    // Calls `gather` for each shard's part, on its thread; then `done`, on the last one.
    void for_each_part(std::function<void(namespace_part&)> gather, std::function<void()> done);

    // ---- local_namespace
    const std::string& name() const override { return name_; }
    engineio::shards& shards() override;
    void log(engineio::log_level level, const std::string& line) override;
    prepared_event_ptr prepare(array event, selection to, const emit_flags& flags,
                               std::string_view offset) override;
    void deliver(const prepared_event_ptr& what, const kept_until_done& kept) override;
    void deliver_here(const prepared_event& what) override;
    void deliver_with_ack(array event, selection to, const emit_flags& flags,
                          answer_sink answers) override;
    void join(const selection& who, const std::vector<std::string>& rooms,
              const kept_until_done& kept) override;
    void leave(const selection& who, const std::vector<std::string>& rooms,
               const kept_until_done& kept) override;
    void disconnect(const selection& who, bool close, const kept_until_done& kept) override;
    void fetch(const selection& who,
               std::function<void(std::vector<socket_details>)> then) override;
    bool has_room(std::string_view room) const override {
        return joins_underway_ > 0 || room_watch_.has(room);
    }
    void server_side_event(array event, ack_sender reply) override;
    const recovery_options* recovery() const override;
    void on_malformed_message() override;
    void on_dropped_messages(std::size_t count) override;
    std::weak_ptr<void> lifetime() override { return weak_from_this(); }

private:
    // Runs `task` for the sockets that are meant, on every shard.
    void for_each(
        const selection& who, std::function<void(socket_core&)> task,
        std::function<void()> done = [] {});
    std::size_t deliver_asking(namespace_part& part, const encoded_event& what, std::uint64_t id,
                               const emit_flags& flags, const answer_sink& answers);
    void change_rules(const std::function<void(namespace_rules&)>& change);

    server_core& server_;
    const std::string name_;
    const kind kind_;
    std::vector<namespace_part> parts_; // one a shard
    std::atomic<std::uint64_t> next_ack_id_ = 0;
    room_watch room_watch_;
    std::atomic<std::size_t> joins_underway_ = 0; // on the shards: rooms may be about to exist
    std::atomic<bool> adapter_closed_ = false;
    mutable std::mutex mutex_; // of what follows; never held across a call to the application
    rules_ptr rules_;
    listener_list handlers_;
    std::vector<std::weak_ptr<namespace_core>> children_;
    std::unique_ptr<socketio::adapter> adapter_; // constant; ends before what it uses
};

} // namespace sockeye::socketio
