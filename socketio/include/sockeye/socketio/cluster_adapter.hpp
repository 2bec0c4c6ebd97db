#pragma once

#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/cluster_message.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace sockeye::socketio {

struct cluster_options {
    // How long answers of other servers are awaited. For the sockets that are fetched, the
    // operation's own timeout() goes before.
    std::chrono::milliseconds request_timeout = std::chrono::seconds(5);
};

// What all adapters share that join servers by messages: which messages an operation takes, whom it
// waits for, and what another server's message does here. A medium derives from it and moves the
// messages; docs/adapters.md says how.
class cluster_adapter : public adapter {
public:
    using kept_until_done = local_namespace::kept_until_done;

    explicit cluster_adapter(local_namespace& local, const cluster_options& options = {});
    ~cluster_adapter() override;

    // This adapter's name in the cluster: each namespace of each server has its own.
    [[nodiscard]] const std::string& uid() const { return uid_; }

    // Ends what is pending. A medium lets go of its subscriptions first.
    void close() override;

    void broadcast(array event, selection to, const emit_flags& flags) override;
    void broadcast_with_ack(array event, selection to, const emit_flags& flags,
                            answers_callback then) override;
    void sockets_join(const selection& who, const emit_flags& flags,
                      const std::vector<std::string>& rooms) override;
    void sockets_leave(const selection& who, const emit_flags& flags,
                       const std::vector<std::string>& rooms) override;
    void disconnect_sockets(const selection& who, const emit_flags& flags, bool close) override;
    void fetch_sockets(const selection& who, const emit_flags& flags,
                       std::function<void(outcome<std::vector<socket_details>>)> then) override;
    void server_side_emit(array event) override;
    void server_side_emit_with_ack(array event, answers_callback then) override;

    // ---- what the medium hears; from any thread, in the order in which it hears it

    // One's own messages, and those of other namespaces, may be among them: they are ignored. With
    // an offset, a broadcast is one that clients can ask for again. What is kept is let go of when
    // all shards have done what is asked.
    void on_message(cluster_message message, std::string offset = {}, kept_until_done kept = {});
    // The same, of a message that is not read yet.
    void on_message(const value& encoded, std::string offset = {});
    // What is no message at all: counted, and ignored.
    void on_malformed_message();

protected:
    // With the message's offset where the medium is a log, else with nothing.
    using sent_callback = std::function<void(std::string offset)>;
    // Other servers that are to answer: how many, or, where that is known, which.
    using server_set = std::variant<std::size_t, std::vector<std::string>>;

    // ---- what the medium does; server_count, of adapter, is to say how many adapters of this
    // namespace there are, this one included. All are called from any thread.

    // To the namespace's adapters on all other servers. The medium calls `sent`, where it is not
    // empty, exactly once, on any thread and at once if it likes: this server's own sockets get
    // what is sent at that moment. Also where it could not be sent, which the medium logs. Or it
    // does not, and hands the message, in another name, to on_message itself.
    virtual void publish(const cluster_message& message, sent_callback sent) = 0;
    // To one adapter; or to all of them, since those that did not ask ignore it.
    virtual void publish_response(const std::string& to_uid, const cluster_message& message) = 0;

    // ---- where the medium knows more
    virtual void other_servers(std::function<void(outcome<server_set>)> then);
    // Ahead of what any other server's message does; on a shard's thread.
    virtual void on_heard(const cluster_message& /*message*/) {}
    // It need not be waited for any more.
    void server_left(const std::string& uid);

    [[nodiscard]] local_namespace& local() { return local_; }
    // The shard where other servers' messages are handled: one, so that they stay in order.
    [[nodiscard]] unsigned home() const { return home_; }
    [[nodiscard]] cluster_message say(cluster_message::content what) const;

    // For what is called later, by whoever: does nothing once the adapter is gone.
    template<class Function>
    auto while_alive(Function task) {
        return [life = local_.lifetime(), task = std::move(task)](auto&&... arguments) mutable {
            if (const auto alive = life.lock())
                task(std::forward<decltype(arguments)>(arguments)...);
        };
    }

private:
    struct incoming;
    struct pending_requests;
    struct question;

    template<class Order>
    void tell(Order order);
    void apply(cluster::broadcast order, std::string_view offset, const kept_until_done& kept);
    void apply(cluster::join order, std::string_view offset, const kept_until_done& kept);
    void apply(cluster::leave order, std::string_view offset, const kept_until_done& kept);
    void apply(cluster::disconnect order, std::string_view offset, const kept_until_done& kept);

    static bool is_nobody(const server_set& servers);
    void ask(question about);
    void ask(question about, const server_set& servers);
    void time_out(const std::string& id);
    // Runs it on a shard's thread, where the application's code may be called.
    void run_on_shard(std::function<void()> task);

    local_namespace& local_;
    const cluster_options options_;
    const std::string uid_;
    const unsigned home_;
    const std::unique_ptr<pending_requests> pending_;
};

} // namespace sockeye::socketio
