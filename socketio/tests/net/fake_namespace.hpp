#pragma once

// A namespace without clients, on shards without threads.

#include "net/fake_shards.hpp"

#include <sockeye/socketio/adapter.hpp>
#include <sockeye/socketio/options.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::socketio {

class fake_namespace : public local_namespace {
public:
    const std::string& name() const override { return name_; }
    engineio::shards& shards() override { return threads; }
    void log(engineio::log_level, const std::string&) override {}
    prepared_event_ptr prepare(array, selection, const emit_flags&, std::string_view) override {
        return nullptr;
    }
    void deliver(const prepared_event_ptr&, const kept_until_done& kept) override {
        delivering.push_back(kept);
    }
    void deliver_here(const prepared_event&) override {}
    void deliver_with_ack(array, selection, const emit_flags&, answer_sink) override {}
    void join(const selection&, const std::vector<std::string>&, const kept_until_done&) override {}
    void leave(const selection&, const std::vector<std::string>&, const kept_until_done&) override {
    }
    void disconnect(const selection&, bool, const kept_until_done&) override {}
    void fetch(const selection&, std::function<void(std::vector<socket_details>)>) override {}
    bool has_room(std::string_view) const override { return false; }
    void server_side_event(array, ack_sender) override {}
    const recovery_options* recovery() const override { return recovers ? &*recovers : nullptr; }
    void on_malformed_message() override { ++malformed; }
    void on_dropped_messages(std::size_t count) override { dropped += count; }
    std::weak_ptr<void> lifetime() override { return life_; }

    fake_shards threads{2};
    std::optional<recovery_options> recovers;
    std::vector<kept_until_done> delivering; // by shards that are slow
    std::size_t malformed = 0;
    std::size_t dropped = 0;

private:
    const std::string name_ = "/";
    const std::shared_ptr<void> life_ = std::make_shared<int>();
};

} // namespace sockeye::socketio
