#include "io/http_connection.hpp"

#include "codec/http_response_writer.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::engineio {
namespace {

// Input that arrives before its turn: beyond this the socket is left to fill up.
constexpr std::size_t max_unread = 16 * 1024;
// Rather than read more than this of a body nobody wants, the connection is closed.
constexpr std::uint64_t max_discarded_body = 64 * 1024;
// How long a client may take to read our last words.
constexpr milliseconds last_words = seconds(5);

http_parser_limits parser_limits(const http_server_options& options) {
    return {.max_header_bytes = options.max_header_bytes,
            .max_fields = options.max_header_fields,
            .max_target = options.max_target_bytes};
}

} // namespace

http_response empty_response(unsigned status) {
    http_response response;
    response.status = status;
    return response;
}

void pending_question::answer(const std::shared_ptr<pending_question>& question,
                              std::function<void(http_connection&)> then) {
    if (question->answered_.exchange(true)) return;
    const std::shared_ptr<shard> home = question->home_.lock();
    if (!home) return; // the server has ended
    auto run = [question, then = std::move(then)] {
        if (http_connection* const asked = std::exchange(question->connection_, nullptr))
            then(*asked);
    };
    if (home->is_current())
        run();
    else
        home->post(std::move(run));
}

http_connection::http_connection(const http_server_options& options, request_router& router,
                                 time_point accepted)
    : options_(options), router_(router), parser_(parser_limits(options)), received_(accepted) {}

http_connection::~http_connection() {
    if (question_) question_->connection_ = nullptr;
}

void http_connection::attach(connection& link) {
    link_ = &link;
    gone_ = false;
}

// ---- bytes

void http_connection::on_started(connection& link) {
    attach(link);
    arm(link.secure() ? options_.tls_handshake_timeout : options_.header_timeout);
}

void http_connection::on_established() {
    arm(options_.header_timeout);
}

void http_connection::on_moved(connection& link) {
    attach(link);
    consuming_ = true; // as if called from consume(), which goes on below
    router_.on_request(*this);
    consuming_ = false;
    resume();
}

void http_connection::on_input(std::span<char> input) {
    if (phase_ == phase::waiting || !unread_.empty()) {
        unread_.append(input.data(), input.size());
        if (unread_.size() > max_unread) link_->hold_input(true);
        return;
    }
    input_ = {input.data(), input.size()};
    consume();
    if (!gone_) unread_.append(input_);
    input_ = {};
}

// Goes on with what had to wait.
void http_connection::resume() {
    if (gone_ || consuming_ || phase_ == phase::waiting) return;
    const std::string kept = std::exchange(unread_, {});
    input_ = kept;
    consume();
    if (gone_) return;
    unread_.assign(input_);
    input_ = {};
    if (unread_.size() <= max_unread) link_->hold_input(false);
}

void http_connection::on_drained() {
    if (!unread_.empty()) resume();
}

void http_connection::consume() {
    consuming_ = true;
    while (!gone_ && !closing_ && phase_ != phase::waiting) {
        // One segment can ask for gigabytes: who does not take answers may not ask on.
        if (phase_ == phase::head && link_->is_congested()) break;
        const http_step step = parser_.next(input_);
        if (step == http_step::need_more) break;
        take_step(step);
    }
    consuming_ = false;
    if (gone_ || closing_ || phase_ != phase::head) return;
    if (parser_.has_partial() && !head_begun_) {
        head_begun_ = true;
        arm(options_.header_timeout);
    }
}

void http_connection::take_step(http_step step) {
    switch (step) {
    case http_step::head:
        return on_head();
    case http_step::body:
        return take_body_chunk();
    case http_step::complete:
        return on_complete();
    case http_step::error:
        return fail(parser_.error_status());
    case http_step::need_more:
        return;
    }
}

// ---- a request

void http_connection::on_head() {
    home().counters.requests.add();
    received_ = std::min(received_, home().now());
    phase_ = phase::waiting;
    cancel_timer();
    router_.on_request(*this);
}

void http_connection::await_answer(exchange_owner& owner, milliseconds patience) {
    owner_ = &owner;
    if (patience.count() > 0) arm(patience);
}

void http_connection::ask(std::shared_ptr<pending_question> question) {
    question->home_ = home().weak_from_this();
    question->connection_ = this;
    question_ = std::move(question);
    arm(options_.hook_timeout);
}

void http_connection::read_body(exchange_owner& owner, std::size_t limit) {
    owner_ = &owner;
    body_limit_ = limit;
    if (parser_.content_length().value_or(0) > limit) return fail(413);
    if (parser_.wants_continue()) link_->write("HTTP/1.1 100 Continue\r\n\r\n");
    phase_ = phase::body;
    arm(options_.body_timeout);
    resume();
}

void http_connection::take_body_chunk() {
    if (phase_ != phase::body) return;
    const std::string_view chunk = parser_.body_chunk();
    if (body_.size() + chunk.size() > body_limit_) return fail(413);
    body_.append(chunk);
}

void http_connection::on_complete() {
    complete_ = true;
    if (phase_ == phase::discarding) return next_request();
    phase_ = phase::waiting;
    cancel_timer();
    if (owner_) owner_->on_body(*this, std::exchange(body_, {}));
}

// ---- the answer

bool http_connection::can_keep_alive() const {
    if (stopping_ || !parser_.keep_alive()) return false;
    return complete_ ||
           (!parser_.chunked() && parser_.content_length().value_or(0) <= max_discarded_body);
}

void http_connection::respond(http_response response) {
    if (!is_open()) return;
    for (auto& header : extra_headers_)
        response.headers.push_back(std::move(header));
    closing_ = closing_ || !can_keep_alive();
    std::string out;
    append_response(out, response, !closing_, parser_.head().version() == 10, home().http_date(),
                    parser_.head().method() == "HEAD");
    link_->write(std::move(out));
    finish_answer();
}

void http_connection::refuse_upgrade(unsigned status, std::string_view text, header_list headers) {
    closing_ = true;
    std::string out = "HTTP/1.1 " + std::to_string(status) + ' ';
    out.append(reason_phrase(status))
        .append("\r\nConnection: close\r\nContent-type: text/html\r\n");
    out.append("Content-Length: " + std::to_string(text.size()) + "\r\n");
    for (auto* list : {&extra_headers_, &headers})
        for (const auto& [name, value] : *list)
            if (is_valid_header(name, value)) out.append(name + ": " + value + "\r\n");
    out.append("\r\n").append(text);
    link_->write(std::move(out));
    finish_answer();
}

void http_connection::finish_answer() {
    owner_ = nullptr;
    if (question_) std::exchange(question_, nullptr)->connection_ = nullptr;
    extra_headers_.clear();
    cancel_timer();
    if (closing_) return link_->close_gently(last_words);
    if (!complete_) {
        phase_ = phase::discarding;
        arm(options_.body_timeout);
    } else {
        next_request();
    }
    resume();
}

void http_connection::next_request() {
    parser_.reset();
    std::string().swap(body_);
    complete_ = head_begun_ = false;
    received_ = time_point::max();
    phase_ = phase::head;
    arm(options_.keep_alive_timeout);
}

// The request cannot be served, whoever owns it.
void http_connection::fail(unsigned status) {
    auto& counters = home().counters;
    const bool oversized = status == 413 || status == 414 || status == 431;
    (oversized       ? counters.requests_oversized
     : status == 408 ? counters.requests_timed_out
                     : counters.requests_malformed)
        .add();
    lose_owner();
    const bool answered = phase_ == phase::discarding;
    // Where the next request begins is not known after these.
    closing_ = status != 413;
    if (answered) return link_->close_gently(last_words);
    respond(empty_response(status));
}

void http_connection::lose_owner() {
    if (exchange_owner* const owner = std::exchange(owner_, nullptr))
        owner->on_exchange_lost(*this);
}

// ---- the end of a connection

void http_connection::on_lost() {
    gone_ = true;
    cancel_timer();
    if (question_) std::exchange(question_, nullptr)->connection_ = nullptr;
    lose_owner();
}

void http_connection::on_stopping() {
    stopping_ = true; // the answer under way, if there is one, is the last
    if (phase_ == phase::head) link_->close_gently(last_words);
}

void http_connection::abort() {
    owner_ = nullptr;
    on_lost();
    link_->close();
}

void http_connection::move_to(shard& target) {
    unread_.append(input_); // behind what came while a hook decided
    input_ = {};
    gone_ = true;
    cancel_timer();
    link_->move_to(target);
}

std::string http_connection::hand_over() {
    unread_.append(input_);
    input_ = {};
    gone_ = true;
    cancel_timer();
    link_->hold_input(false); // which was about our own buffer
    return std::exchange(unread_, {});
}

// ---- time

// A client that takes its time over a large answer is not idle as long as it goes on.
bool http_connection::keeps_reading_answer() {
    const std::size_t before = std::exchange(unread_answer_, link_->queue().bytes());
    return unread_answer_ > 0 && unread_answer_ != before;
}

void http_connection::arm(milliseconds patience) {
    home().set_timer(*this, home().now() + patience);
}

void http_connection::cancel_timer() {
    home().cancel_timer(*this);
}

void http_connection::on_timer(time_point) {
    const connection_ptr keep(link_);
    if (phase_ == phase::head && !head_begun_ && keeps_reading_answer())
        return arm(options_.keep_alive_timeout);
    if (phase_ == phase::head && !head_begun_) {
        if (!link_->established()) home().counters.requests_timed_out.add();
        on_lost();
        return link_->close(); // idle, or never said a word
    }
    if (phase_ == phase::waiting) {
        lose_owner();
        return respond(empty_response(503));
    }
    fail(408);
}

} // namespace sockeye::engineio
