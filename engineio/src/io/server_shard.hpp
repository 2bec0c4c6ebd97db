#pragma once

#include "io/http_connection.hpp"
#include "io/live_session.hpp"
#include "state/farewells.hpp"
#include "state/request_rules.hpp"
#include "state/token_bucket.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace sockeye::engineio {

class server_impl;

// One server's sessions on one shard, and what its requests become there. Sessions are born in
// create() and die in retire().
//
//   request -> at home here? -> CORS, middlewares -> the rules -> GET, POST, upgrade of a session
//                 '- else it moves                       '------> handshake: allowed? -> id ->
//                 create
class server_shard final : private session_home {
public:
    server_shard(server_impl& server, shard& home);
    ~server_shard();

    void on_request(http_connection& from);

    [[nodiscard]] session* find(std::string_view id);
    void for_each(const std::function<void(session&)>& visit);
    void abandon(); // ends all sessions without telling the peers

private:
    using session_ptr = std::unique_ptr<live_session>;
    struct by_id {
        using is_transparent = void;
        std::size_t operator()(std::string_view id) const {
            return std::hash<std::string_view>()(id);
        }
        std::size_t operator()(const session_ptr& s) const { return (*this)(s->id()); }
    };
    struct same_id {
        using is_transparent = void;
        static std::string_view id(std::string_view id) { return id; }
        static std::string_view id(const session_ptr& s) { return s->id(); }
        bool operator()(const auto& a, const auto& b) const { return id(a) == id(b); }
    };

    // session_home
    void log(log_level level, std::string_view line) override;
    void flush_soon(live_session& waiting) override;
    void retire(live_session& ended, bool expects_get) override;

    bool moves_home(http_connection& from, const engine_query& query);
    void run_middlewares(http_connection& from, std::size_t next);
    void verify(http_connection& from, const engine_query& query);
    void serve(http_connection& from, const engine_query& query, live_session& target);
    void handshake(http_connection& from, const engine_query& query);
    void put_off(http_connection& from, std::string_view why);
    void ask_permission(http_connection& from);
    void assign_id(http_connection& from, const engine_query& query);
    void create(http_connection& from, const engine_query& query, std::string id);
    void create_on_websocket(http_connection& from, const engine_query& query, std::string id);
    live_session& insert(session_ptr born);
    void refuse(http_connection& from, const refusal& why);
    bool say_farewell(http_connection& from, const engine_query& query);
    [[nodiscard]] bool wants_websocket(http_connection& from);
    [[nodiscard]] live_session* find_live(std::string_view id);

    // Answers the WebSocket handshake; nothing, and a refusal has been sent, if it is faulty.
    struct handover;
    std::optional<handover> accept_websocket(http_connection& from, const engine_query& query,
                                             bool first_answer);

    server_impl& server_;
    std::unordered_set<session_ptr, by_id, same_id> sessions_;
    std::vector<live_session*> to_flush_;
    farewells farewells_;
    token_bucket handshakes_;
};

} // namespace sockeye::engineio
