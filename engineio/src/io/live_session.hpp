#pragma once

#include "io/http_connection.hpp"
#include "io/websocket_connection.hpp"
#include "state/request_rules.hpp"
#include "state/session_state.hpp"

#include <sockeye/engineio/handler.hpp>
#include <sockeye/engineio/log.hpp>
#include <sockeye/engineio/session.hpp>

#include <memory>
#include <string>
#include <vector>

namespace sockeye::engineio {

class live_session;

// Where sessions are born and die: those of one server on one shard.
class session_home {
public:
    [[nodiscard]] shard& home() const { return home_; }
    [[nodiscard]] handler& events() const { return events_; }
    [[nodiscard]] const server_options& options() const { return options_; }
    virtual void log(log_level level, std::string_view line) = 0;
    virtual void flush_soon(live_session& waiting) = 0; // at the end of this turn of the loop
    // The only way out of the table. With `expects_get`, the peer's last GET may still be coming.
    virtual void retire(live_session& ended, bool expects_get) = 0;

protected:
    session_home(shard& home, handler& events, const server_options& options)
        : home_(home), events_(events), options_(options) {}
    ~session_home() = default;

private:
    shard& home_;
    handler& events_;
    const server_options& options_;
};

// A session_state over real transports.
class live_session final : public session,
                           private session_host,
                           private exchange_owner,
                           private websocket_owner,
                           private timed {
public:
    live_session(session_home& home, std::string id, http_request request, const peer_address& peer,
                 bool secure, const engine_query& query, transport_kind transport);
    ~live_session() override;

    // ---- what requests bring
    void open_polling(http_connection& handshake);
    void open_websocket(connection& link, websocket_terms terms, std::string input);
    void on_get(http_connection& from);
    void on_post(http_connection& from);
    void on_upgrade(connection& link, websocket_terms terms, std::string input);
    [[nodiscard]] session_facts facts() const;
    // A deadline that passed counts, even if its timer is late.
    [[nodiscard]] bool is_alive();

    void flush();
    void abandon() { state_.abandon(); } // the server ends, and waits no longer

    // ---- session
    const std::string& id() const override { return id_; }
    std::string redacted_id() const override;
    protocol revision() const override { return state_.revision(); }
    transport_kind transport() const override { return state_.transport(); }
    session_status status() const override { return state_.status(); }
    bool upgraded() const override { return state_.upgraded(); }
    unsigned shard() const override { return home_.home().index(); }
    const http_request& request() const override { return request_; }
    const http_request* message_request() const override;
    std::string remote_address() const override { return peer_.text(); }
    bool secure() const override { return secure_; }
    bool send(std::string_view text, send_options options) override;
    bool send_binary(std::string_view bytes, send_options options) override;
    bool send(std::span<const outgoing_ptr> packets, bool volatile_) override;
    void look_ahead() const override;
    void when_sent(std::function<void(transport_kind)> callback) override;
    bool writable() const override { return state_.writable(); }
    std::size_t queued_bytes() const override;
    void close(bool discard) override;
    session_data* data() const override { return data_.get(); }
    void set_data(std::unique_ptr<session_data> data) override { data_ = std::move(data); }

private:
    // What only a polling session needs; gone once it is upgraded.
    struct polling_side {
        std::optional<std::string> jsonp;
        bool base64_only = false;
        bool binary_post = false;
        http_connection* get = nullptr;
        http_connection* post = nullptr;
        bool reading = false; // what the POST brought
    };
    using sent_callbacks = std::vector<std::function<void(transport_kind)>>;

    // session_host
    void write(const outgoing_ptr& packet, bool continues) override;
    output_queue& websocket_queue() override;
    void flush_websocket() override;
    void close_websocket() override;
    void answer_poll(packet_list packets) override;
    void abort_post() override;
    void flush_soon() override;
    void write_probe(const outgoing_ptr& packet) override;
    void close_probe() override;
    void promote_probe() override;
    void wake_at(time_point deadline) override;
    void created(const outgoing& packet) override;
    void dropped(drop_cause cause, std::size_t packets) override;
    void deliver(std::string_view data, bool binary) override;
    void heartbeat() override;
    void upgrading() override;
    void upgraded_to_websocket() override;
    void closed(close_reason reason, std::string_view detail) override;

    // exchange_owner
    void on_body(http_connection& from, std::string body) override;
    void on_exchange_lost(http_connection& from) override;
    // websocket_owner
    void on_frame(websocket_connection& from, std::string_view data, bool binary) override;
    void on_websocket_gone(websocket_connection& from, close_reason why,
                           std::string_view detail) override;
    void on_websocket_drained(websocket_connection& from) override;
    // timed
    void on_timer(time_point now) override;

    websocket_connection* attach(connection& link, websocket_terms terms);
    void open();
    void read_payload(std::string_view body, bool binary);
    void count_in(const packet_view& packet);
    void sent();
    void call_when_sent();
    [[nodiscard]] bool nothing_waits() const;
    void add_headers(header_list& headers);
    // Calls the application, which may throw.
    template<class Call>
    void tell(std::string_view what, Call call);

    // What a broadcast meets comes first, so that it lies together.
    session_home& home_;
    websocket_connection* carrier_ = nullptr; // the session's WebSocket
    std::unique_ptr<sent_callbacks> when_sent_;
    bool opened_ = false;   // on_open has been called, or is about to be
    bool told_ = false;     // the end, in a waiting GET
    bool answered_ = false; // the first response has gone out
    bool flush_waits_ = false;
    bool secure_;
    session_state state_;
    websocket_connection* probe_ = nullptr; // one that would like to be the carrier
    std::unique_ptr<session_data> data_;
    std::unique_ptr<polling_side> polling_;
    time_point wake_at_;
    std::string id_;
    http_request request_;
    peer_address peer_;
};

} // namespace sockeye::engineio
