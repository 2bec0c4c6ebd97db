#pragma once

#include "support/engine_stub.hpp"
#include "support/script.hpp"

#include <sockeye/socketio/server.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

namespace sockeye::socketio {

// A socket as its handlers know it.
struct life {
    explicit life(socket of) : self(std::move(of)) { ++living; }
    life(const life&) = delete;
    ~life() { --living; }
    [[nodiscard]] bool is_in() const { return connected && !leaving; }

    static inline int living = 0;
    const socket self;
    bool connected = false;
    bool leaving = false;
    bool gone = false;
};
using life_ptr = std::shared_ptr<life>;

// What an application does with its sockets, at any time and from within its handlers, as a script
// tells it; and what it may rely on.
class application {
public:
    // `choice`: bits that say what its sockets listen to.
    application(script& tells, server_core& server, engineio::http_server_impl& host,
                unsigned choice);

    void act_somewhere(std::uint8_t byte); // on a shard's thread, or on one of its own
    void settle_everything();
    void forget_everything();

    [[nodiscard]] std::size_t welcomes() const { return welcomes_; }
    [[nodiscard]] std::size_t farewells() const { return farewells_; }
    [[nodiscard]] std::size_t events() const { return events_; }

private:
    void act(std::uint8_t byte);
    void come_back(bool may_throw);
    [[nodiscard]] life_ptr some_life();
    [[nodiscard]] array event(bool logged);
    [[nodiscard]] std::function<void(ack_error)> answered(bool may_throw);
    void emit(const socket& to, unsigned detail);
    void broadcast(const socket& from, unsigned detail);
    void move(const socket& who, unsigned detail);
    void disconnect(const socket& who, unsigned detail);
    void ask_server(const namespace_& nsp, unsigned detail);
    void look_at(const life_ptr& who, unsigned detail);
    void settle(bool well);
    void hold_or(bool well, std::function<void(bool)> decide);

    // ---- what the server tells it
    [[nodiscard]] life_ptr life_of(const socket& s);
    void at_door(const socket& s, const namespace_::connect_next& next);
    void welcome(const socket& s);
    void listen(const life_ptr& to);

    script& script_;
    server_core& server_;
    engineio::http_server_impl& host_;
    const unsigned choice_;
    std::vector<life_ptr> lives_;
    std::vector<std::function<void(bool)>> held_; // decisions that it has still to make
    std::int64_t last_number_ = 0;
    std::size_t welcomes_ = 0;
    std::size_t farewells_ = 0;
    std::size_t events_ = 0;
    int depth_ = 0;
    bool may_throw_ = false;
    bool closed_ = false;
};

} // namespace sockeye::socketio
