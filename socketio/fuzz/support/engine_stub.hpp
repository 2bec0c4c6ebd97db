#pragma once

#include "state/timing_wheel.hpp"

#include <sockeye/engineio/server.hpp>
#include <sockeye/engineio/session.hpp>

#include <array>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

// engineio::http_server and engineio::server without network, threads or time: linked in their
// place, they let a fuzzer say what comes, where code runs, and what time passes.

namespace sockeye::engineio {

class stub_session;

// Two shards, of which at most one runs at a time. What is posted waits for its turn.
class http_server_impl final : public shards {
public:
    // As if on that shard's thread, or, with `none`, on one of the application's.
    void on(unsigned shard, const std::function<void()>& task);
    void run_one(unsigned shard); // what was posted there first
    void run_all();
    void pass(milliseconds time);

    // A client comes. `lingers`: one that is closed is there until it is ended, as a polling client
    // that has no GET waiting.
    stub_session& open(protocol revision, bool lingers);
    void retire(stub_session& ended);

    handler* events = nullptr; // of the one server
    std::function<void(stub_session&, const outgoing&)> sent;
    std::map<std::string, std::shared_ptr<stub_session>, std::less<>> sessions;

    [[nodiscard]] unsigned size() const override { return static_cast<unsigned>(posted_.size()); }
    [[nodiscard]] unsigned current() const override { return current_; }
    void post(unsigned shard, std::function<void()> task) override;
    void post_after(unsigned shard, milliseconds delay, std::function<void()> task) override;
    void set_timer(timed& entry, milliseconds delay) override;
    void cancel_timer(timed& entry) override;

private:
    struct delayed {
        unsigned shard;
        std::function<void()> task;
    };
    unsigned current_ = none;
    time_point now_{};
    unsigned last_session_ = 0;
    std::array<std::deque<std::function<void()>>, 2> posted_;
    std::multimap<time_point, delayed> later_;
    std::array<std::optional<timing_wheel>, 2> wheels_;
};

class stub_session final : public session {
public:
    stub_session(http_server_impl& home, unsigned number, protocol revision, bool lingers);

    void receive(std::string_view data, bool binary);
    void end(close_reason why);
    bool full = false; // the client does not read: one packet more is too many

    [[nodiscard]] const std::string& id() const override { return id_; }
    [[nodiscard]] std::string redacted_id() const override { return id_; }
    [[nodiscard]] protocol revision() const override { return revision_; }
    [[nodiscard]] transport_kind transport() const override { return transport_kind::polling; }
    [[nodiscard]] session_status status() const override { return status_; }
    [[nodiscard]] bool upgraded() const override { return false; }
    [[nodiscard]] unsigned shard() const override { return shard_; }
    [[nodiscard]] const http_request& request() const override { return request_; }
    [[nodiscard]] const http_request* message_request() const override { return nullptr; }
    [[nodiscard]] std::string remote_address() const override { return "::1"; }
    [[nodiscard]] bool secure() const override { return false; }
    bool send(std::string_view text, send_options options) override;
    bool send_binary(std::string_view bytes, send_options options) override;
    bool send(std::span<const outgoing_ptr> packets, bool volatile_) override;
    void look_ahead() const override {}
    void when_sent(std::function<void(transport_kind)>) override {}
    [[nodiscard]] bool writable() const override { return !full; }
    [[nodiscard]] std::size_t queued_bytes() const override { return 0; }
    void close(bool discard) override;
    [[nodiscard]] session_data* data() const override { return data_.get(); }
    void set_data(std::unique_ptr<session_data> data) override { data_ = std::move(data); }

private:
    http_server_impl& home_;
    const unsigned shard_;
    const std::string id_;
    const protocol revision_;
    const bool lingers_;
    const http_request request_{"GET", "/socket.io/?EIO=4", 11, {}};
    session_status status_ = session_status::open;
    std::unique_ptr<session_data> data_;
};

} // namespace sockeye::engineio
