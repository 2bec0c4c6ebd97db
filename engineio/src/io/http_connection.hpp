#pragma once

#include "codec/http_request_parser.hpp"
#include "io/connection.hpp"

#include <sockeye/engineio/handler.hpp>
#include <sockeye/engineio/options.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sockeye::engineio {

class http_connection;

// Who has a request in hand and owes its answer. Told when there will be nobody to answer.
class exchange_owner {
public:
    virtual void on_body(http_connection& from, std::string body) = 0;
    virtual void on_exchange_lost(http_connection& from) = 0;

protected:
    ~exchange_owner() = default;
};

// Who decides what becomes of a request: an Engine.IO server, or the application's routes.
class request_router {
public:
    // The head is complete. Must, now or later, answer (respond, or send and finish), take the
    // connection over, or move it; in the last case the call comes again on the other shard.
    virtual void on_request(http_connection& from) = 0;

protected:
    ~request_router() = default;
};

http_response empty_response(unsigned status);

// An asynchronous question about a request: a middleware, allow_request, an application's route. It
// may outlive the connection, and may be answered from any thread; the first answer counts.
class pending_question {
public:
    virtual ~pending_question() = default;

    // Runs `then` with the connection, on its shard, unless nobody waits for the answer any more.
    static void answer(const std::shared_ptr<pending_question>& question,
                       std::function<void(http_connection&)> then);

private:
    friend class http_connection;
    std::weak_ptr<shard> home_;
    http_connection* connection_ = nullptr; // of the home shard's thread
    std::atomic<bool> answered_ = false;
};

// HTTP/1.1 from a client's side of one connection: request after request, one at a time.
//
//   idle -> reading head -> waiting (for a hook or a route) -> reading body -> waiting -> idle
//                                   '------------------ answered early: discarding --------^
class http_connection final : public connection_driver, private timed {
public:
    http_connection(const http_server_options& options, request_router& router,
                    time_point accepted);
    ~http_connection() override;

    // ---- for whoever has the request in hand
    [[nodiscard]] const http_request& request() const { return parser_.head(); }
    [[nodiscard]] bool is_upgrade() const { return parser_.is_upgrade(); }
    // No later than that: a connection's first request may have waited in it since its accept.
    [[nodiscard]] time_point received() const { return received_; }
    [[nodiscard]] connection& link() { return *link_; }
    [[nodiscard]] shard& home() { return link_->home(); }
    [[nodiscard]] bool is_open() const { return !gone_ && link_->is_open(); }

    // Part of the answer, whatever it will be.
    header_list& extra_headers() { return extra_headers_; }

    // The owner answers later; with a patience, the client gets a 503 when it is over.
    void await_answer(exchange_owner& owner, milliseconds patience = {});
    void ask(std::shared_ptr<pending_question> question);
    // Reads the body, then calls the owner. Beyond `limit` bytes: 413, and the owner is told that
    // the exchange is lost.
    void read_body(exchange_owner& owner, std::size_t limit);

    void respond(http_response response);
    // What a refused upgrade gets; the connection ends with it.
    void refuse_upgrade(unsigned status, std::string_view text, header_list headers = {});
    void abort(); // cuts the connection

    // To the shard where the request belongs: on_request is called again there.
    void move_to(shard& target);
    // Leaves the connection to another driver; returns what came behind the request.
    std::string hand_over();

    std::string assigned_id; // a session id that made the connection move to its home

private:
    enum class phase : std::uint8_t {
        head,       // between requests, or within a head
        waiting,    // for an answer, or for the word to read the body
        body,       // of a request whose owner wants it
        discarding, // the rest of a body whose request has been answered
    };

    void on_started(connection& link) override;
    void on_input(std::span<char> input) override;
    void on_established() override;
    void on_drained() override;
    void on_lost() override;
    void on_moved(connection& link) override;
    void on_stopping() override;
    void on_timer(time_point now) override;

    void attach(connection& link);
    void consume();
    void resume();
    void take_step(http_step step);
    void on_head();
    void take_body_chunk();
    void on_complete();
    void lose_owner();
    void finish_answer();
    void next_request();
    void fail(unsigned status);
    void arm(milliseconds patience);
    void cancel_timer();
    [[nodiscard]] bool keeps_reading_answer();
    [[nodiscard]] bool can_keep_alive() const;

    const http_server_options& options_;
    request_router& router_;
    connection* link_ = nullptr;
    http_request_parser parser_;
    std::string_view input_; // what consume() has not looked at
    std::string unread_;     // input kept until the present request is answered
    exchange_owner* owner_ = nullptr;
    std::shared_ptr<pending_question> question_;
    header_list extra_headers_;
    std::string body_;
    time_point received_;
    std::size_t body_limit_ = 0;
    std::size_t unread_answer_ = 0; // when the keep-alive time was last over
    phase phase_ = phase::head;
    bool head_begun_ = false;
    bool complete_ = false; // the request has been read to its end
    bool closing_ = false;  // the answer under way is the last
    bool consuming_ = false;
    bool stopping_ = false;
    bool gone_ = false; // the connection is lost, moved or handed over
};

} // namespace sockeye::engineio
