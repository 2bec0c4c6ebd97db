#pragma once

#include "net/in_process_bus.hpp"
#include "net/socketio_fixture.hpp"
#include "server/requests.hpp"
#include "server/user_events.hpp"
#include "support/token_issuer.hpp"

#include <sockeye/app/memory_store.hpp>
#include <sockeye/app/users.hpp>

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

namespace sockeye::app {

using namespace std::chrono_literals;
using socketio::packet_client;

/// Milliseconds since the epoch, which pass when the test says so.
class manual_clock {
public:
    [[nodiscard]] milliseconds now() const { return milliseconds(now_.load()); }
    void pass(milliseconds time) { now_ += time.count(); }

private:
    std::atomic<std::int64_t> now_ = 1'700'000'000'000;
};

inline const testing::token_issuer& issuer() {
    static const auto made = testing::token_issuer::hs256("a secret of thirty-two bytes, no");
    return made;
}

inline std::shared_ptr<const token_verifier> token_keys(token_options options = {
                                                            .clock_skew = 0s}) {
    return std::make_shared<token_verifier>(token_sources{.secret = issuer().secret()},
                                            std::move(options));
}

/// A server whose clients are users. What becomes of them is noted: "bound ann", "unbound ann".
class users_server {
public:
    explicit users_server(users_options options = {}, socketio::server_options io = {},
                          std::string node = "a", unsigned threads = 1)
        : at(std::move(io), threads), state_(at.http.shards(), [this] { return clock.now(); }),
          on_{state_, at.http.shards(), [this] { return clock.now(); }, std::move(node),
              [this](engineio::log_level, std::string_view line) { notes.add(std::string(line)); }},
          presence_(on_, [](const presence_change&) {}),
          requests_(on_, [](socketio::socket) -> task<> { co_return; }),
          service(on_, at.io.of("/"), std::move(options), hooks()),
          events_(service, presence_, requests_, on_.node) {
        service.install();
        at.io.on_connection([this](const socketio::socket& s) {
            events_.serve(s);
            if (!bound_user(s)) notes.add("anonymous");
        });
        at.start();
    }
    ~users_server() { at.finish(); }

    /// Of the user, for that long by this server's clock.
    [[nodiscard]] std::string token(std::string_view user, milliseconds life = 1h) const {
        const auto until = static_cast<double>((clock.now() + life).count()) / 1000;
        return issuer().issue(R"({"sub":")" + std::string(user) + R"(","exp":)" +
                              std::to_string(until) + '}');
    }

    manual_clock clock;
    testing::event_notes notes;
    socketio::socketio_fixture at;

private:
    user_hooks hooks() {
        return {.bound =
                    [this](const socketio::socket& s, const std::string& user) {
                        CHECK(bound_user(s) == user);
                        notes.add("bound " + user);
                    },
                .unbound = [this](const socketio::socket&,
                                  const std::string& user) { notes.add("unbound " + user); }};
    }

    memory_store state_;
    const context on_;
    presence presence_;
    requests requests_;

public:
    users service;

private:
    user_events events_;
};

/// A client's half of the events, by hand.
class user_client {
public:
    explicit user_client(const users_server& server) : packets(server.at.connect()) {}
    user_client(const users_server& server, std::string_view token) : user_client(server) {
        id = join(token);
    }

    /// Returns the id that the server gives.
    std::string join(std::string_view token) { return packets.join("/", auth(token)); }
    /// What the server says instead.
    std::string refused(std::string_view auth) {
        packets.send("0" + std::string(auth));
        return packets.read();
    }
    /// The acknowledgement: `{"ok":…}`.
    std::string ask(std::string_view event, std::string_view argument) {
        packets.send(R"(21[")" + std::string(event) + "\"," + std::string(argument) + ']');
        std::string answer = packets.read();
        REQUIRE_MESSAGE(answer.starts_with("31["), answer);
        return answer.substr(3, answer.size() - 4);
    }
    static std::string auth(std::string_view token) {
        return R"({"token":")" + std::string(token) + R"("})";
    }

    packet_client packets;
    std::string id;
};

} // namespace sockeye::app
