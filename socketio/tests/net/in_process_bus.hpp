#pragma once

// A medium inside the test's process: joins the adapters of several servers, and does to their
// messages what networks do. Each message is written to a value and read again, and comes back to
// whoever said it, as on Redis.

#include <sockeye/socketio/heartbeat_cluster_adapter.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::socketio {

class in_process_bus {
public:
    enum class fate : std::uint8_t { arrives, is_lost, is_held };
    // What becomes of a message on the way from one server to another; by the servers' names.
    using rule = std::function<fate(std::string_view from, std::string_view to, const value&)>;
    using sent_callback = std::function<void(std::string offset)>;

    // An adapter of this bus: where it is, and how it hears.
    struct seat {
        std::string server;
        std::string nsp;
        std::string uid;
        std::function<void(const value& message, const std::string& offset)> hear;
    };

    // ---- for adapters
    void sit_down(seat who) {
        const std::lock_guard lock(mutex_);
        seats_.push_back(std::move(who));
    }
    void leave(const std::string& uid) {
        const std::lock_guard lock(mutex_);
        std::erase_if(seats_, [&](const seat& s) { return s.uid == uid; });
    }
    [[nodiscard]] std::size_t count(const std::string& nsp) {
        const std::lock_guard lock(mutex_);
        return static_cast<std::size_t>(
            std::ranges::count_if(seats_, [&](const seat& s) { return s.nsp == nsp; }));
    }
    void publish(const std::string& from, const cluster_message& message, sent_callback sent) {
        std::string offset;
        {
            const std::lock_guard lock(mutex_);
            if (!broken_) {
                offset = keeps_offsets_ ? std::to_string(++published_) : std::string();
                send(from, message.nsp, {}, message.to_value(), offset);
            }
            if (confirms_late_ && sent) return unconfirmed_.push_back([=] { sent(offset); });
        }
        if (sent) sent(offset);
    }
    void respond(const std::string& from, const std::string& to_uid,
                 const cluster_message& message) {
        const std::lock_guard lock(mutex_);
        send(from, message.nsp, to_uid, message.to_value(), {});
    }

    // ---- for tests
    void on_the_way(rule decides) {
        const std::lock_guard lock(mutex_);
        rule_ = std::move(decides);
    }
    // Nothing that the server says arrives anywhere.
    void silence(std::string server) {
        on_the_way([server](std::string_view from, std::string_view, const value&) {
            return from == server ? fate::is_lost : fate::arrives;
        });
    }
    // Nothing can be sent, and whoever tries is told so.
    void break_down() { broken_ = true; }
    // The medium is a log, whose entries have the numbers 1, 2, …
    void keep_offsets() { keeps_offsets_ = true; }
    // Senders wait until confirm().
    void confirm_late() { confirms_late_ = true; }
    void confirm() {
        for (const auto& tell : taken(unconfirmed_))
            tell();
    }
    // What was held goes on, the last one first if so wished.
    void release(bool last_first = false) {
        auto held = taken(held_);
        if (last_first) std::ranges::reverse(held);
        for (const auto& go : held)
            go();
    }
    [[nodiscard]] std::size_t held() {
        const std::lock_guard lock(mutex_);
        return held_.size();
    }
    // As if a stranger had said it.
    void say(const std::string& nsp, const value& message) {
        const std::lock_guard lock(mutex_);
        send("stranger", nsp, {}, message, {});
    }

private:
    using tasks = std::vector<std::function<void()>>;

    // Under the lock, so that all servers hear in one order: to hear is only to take note.
    void send(const std::string& from, const std::string& nsp, const std::string& to_uid,
              const value& message, const std::string& offset) {
        for (const seat& to : seats_) {
            if (to.nsp != nsp || (!to_uid.empty() && to.uid != to_uid)) continue;
            const fate decided = rule_ ? rule_(from, to.server, message) : fate::arrives;
            if (decided == fate::arrives)
                to.hear(message, offset);
            else if (decided == fate::is_held)
                held_.push_back([hear = to.hear, message, offset] { hear(message, offset); });
        }
    }
    tasks taken(tasks& from) {
        const std::lock_guard lock(mutex_);
        return std::exchange(from, {});
    }

    std::mutex mutex_;
    std::vector<seat> seats_;
    rule rule_;
    tasks held_;
    tasks unconfirmed_;
    std::size_t published_ = 0;
    std::atomic<bool> broken_ = false;
    std::atomic<bool> keeps_offsets_ = false;
    std::atomic<bool> confirms_late_ = false;
};

// Base is cluster_adapter or heartbeat_cluster_adapter.
template<class Base>
class bus_adapter : public Base {
public:
    template<class... Options>
    bus_adapter(in_process_bus& bus, std::string server, local_namespace& local,
                const Options&... options)
        : Base(local, options...), bus_(bus), server_(std::move(server)) {}

    void start() override {
        bus_.sit_down({server_, this->local().name(), this->uid(),
                       this->while_alive([this](const value& message, const std::string& offset) {
                           this->on_message(message, offset);
                       })});
        Base::start();
    }
    void close() override {
        bus_.leave(this->uid());
        Base::close();
    }

protected:
    void publish(const cluster_message& message, in_process_bus::sent_callback sent) override {
        bus_.publish(server_, message, std::move(sent));
    }
    void publish_response(const std::string& to_uid, const cluster_message& message) override {
        bus_.respond(server_, to_uid, message);
    }
    in_process_bus& bus_;

private:
    const std::string server_;
};

// The bus knows how many there are, as Redis does.
class counting_bus_adapter final : public bus_adapter<cluster_adapter> {
public:
    using bus_adapter::bus_adapter;
    void server_count(std::function<void(outcome<std::size_t>)> then) override {
        then({{}, bus_.count(local().name())});
    }
};

using heartbeat_bus_adapter = bus_adapter<heartbeat_cluster_adapter>;

} // namespace sockeye::socketio
