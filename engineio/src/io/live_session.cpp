#include "io/live_session.hpp"

#include "codec/cookie.hpp"
#include "codec/jsonp.hpp"
#include "codec/packet_codec.hpp"
#include "codec/payload.hpp"
#include "codec/session_id.hpp"
#include "state/poll_response.hpp"

#include <exception>
#include <utility>

namespace sockeye::engineio {

live_session::live_session(session_home& home, std::string id, http_request request,
                           const peer_address& peer, bool secure, const engine_query& query,
                           transport_kind transport)
    : home_(home), secure_(secure), state_(home.options(), *this, query.revision, transport),
      id_(std::move(id)), request_(std::move(request)), peer_(peer) {
    if (transport == transport_kind::polling)
        polling_ = std::make_unique<polling_side>(
            polling_side{.jsonp = query.jsonp, .base64_only = query.base64_only});
}

live_session::~live_session() = default;

std::string live_session::redacted_id() const {
    return redacted(id_);
}

session_facts live_session::facts() const {
    return {state_.revision(), state_.transport()};
}

bool live_session::is_alive() {
    if (home_.home().now() >= wake_at_) state_.on_deadline(home_.home().now());
    return state_.status() != session_status::closed;
}

template<class Call>
void live_session::tell(std::string_view what, Call call) {
    try {
        call(home_.events());
    } catch (const std::exception& error) {
        home_.log(log_level::error, "session " + redacted_id() + ": exception out of " +
                                        std::string(what) + ": " + error.what());
    } catch (...) {
        home_.log(log_level::error,
                  "session " + redacted_id() + ": exception out of " + std::string(what));
    }
}

// ---- birth

void live_session::open_polling(http_connection& handshake) {
    polling_->get = &handshake;
    handshake.await_answer(*this);
    open();
}

void live_session::open_websocket(connection& link, websocket_terms terms, std::string input) {
    answered_ = true; // the 101
    carrier_ = attach(link, terms);
    open();
    if (carrier_) carrier_->take_input(std::move(input));
}

void live_session::open() {
    state_.open(open_packet(home_.options(), id_, state_.transport()), home_.home().now());
    opened_ = true; // the application hears nothing of the session before this
    tell("on_open", [this](handler& events) { events.on_open(*this); });
}

websocket_connection* live_session::attach(connection& link, websocket_terms terms) {
    auto driver = std::make_unique<websocket_connection>(link, static_cast<websocket_owner&>(*this),
                                                         home_.options(), terms);
    websocket_connection* const attached = driver.get();
    link.replace_driver(std::move(driver));
    return attached;
}

// ---- polling

void live_session::on_get(http_connection& from) {
    if (polling_->get) {
        state_.on_poll(); // ends the session, and answers the GET that waits
        return from.respond(empty_response(400));
    }
    polling_->get = &from;
    from.await_answer(*this);
    state_.on_poll();
}

void live_session::on_post(http_connection& from) {
    if (!state_.on_post_begin()) return from.respond(empty_response(400));
    polling_->binary_post = from.request().header("content-type") == "application/octet-stream";
    if (polling_->binary_post && revision() == protocol::v4) {
        state_.on_transport_error("invalid content");
        return from.respond(empty_response(400));
    }
    polling_->post = &from;
    from.read_body(*this, home_.options().max_payload);
}

void live_session::on_body(http_connection& from, std::string body) {
    // What comes after the upgrade comes too late: the WebSocket's packets have overtaken it.
    polling_->reading = true;
    if (transport() == transport_kind::polling) read_payload(body, polling_->binary_post);
    polling_->reading = false;
    if (polling_->post != &from) return; // cut meanwhile
    polling_->post = nullptr;
    state_.on_post_end();
    http_response ok;
    ok.headers = {{"Content-Type", "text/html"}, {"cache-control", "no-store"}};
    ok.body = "ok";
    add_headers(ok.headers);
    from.respond(std::move(ok));
}

void live_session::read_payload(std::string_view body, bool binary) {
    std::optional<std::string> form;
    if (polling_->jsonp) {
        form = jsonp_body(body);
        if (!form) return; // the reference answers such a POST, too, and lets the session live
        body = *form;
    }
    payload_reader reader(revision(), binary, body, home_.options().max_packets_per_payload);
    packet_view packet;
    while (state_.status() != session_status::closed) {
        switch (reader.next(packet)) {
        case payload_step::packet:
            count_in(packet);
            state_.on_packet(transport_kind::polling, packet, home_.home().now());
            break;
        case payload_step::end:
            return;
        case payload_step::error:
            return state_.on_undecodable();
        }
    }
}

void live_session::on_exchange_lost(http_connection& from) {
    if (!polling_) return;
    if (polling_->get == &from) {
        polling_->get = nullptr;
        state_.on_poll_lost();
    } else if (polling_->post == &from) {
        polling_->post = nullptr;
        // Too large a body is refused, and the session lives on; a lost connection ends it.
        if (from.is_open())
            state_.on_post_end();
        else
            state_.on_post_lost();
    }
}

void live_session::abort_post() {
    if (http_connection* const post = std::exchange(polling_->post, nullptr)) post->abort();
}

void live_session::answer_poll(packet_list packets) {
    http_connection* const get = std::exchange(polling_->get, nullptr);
    if (!get) return;
    http_response response = poll_response({.revision = revision(),
                                            .jsonp = polling_->jsonp,
                                            .base64_only = polling_->base64_only,
                                            .compression = home_.options().http_compression,
                                            .request = get->request()},
                                           packets);
    add_headers(response.headers);
    told_ = state_.status() == session_status::closed;
    get->respond(std::move(response));
    sent();
}

void live_session::add_headers(header_list& headers) {
    if (!std::exchange(answered_, true)) {
        if (home_.options().cookie)
            headers.emplace_back("Set-Cookie", serialize_cookie(*home_.options().cookie, id_));
        tell("on_initial_headers",
             [&](handler& events) { events.on_initial_headers(headers, request_); });
    }
    tell("on_headers", [&](handler& events) { events.on_headers(headers, request_); });
}

void live_session::flush_soon() {
    if (flush_waits_) return;
    flush_waits_ = true;
    home_.flush_soon(*this);
}

void live_session::flush() {
    flush_waits_ = false;
    state_.flush();
    if (state_.status() != session_status::closed && nothing_waits()) call_when_sent();
}

// ---- WebSocket

void live_session::on_frame(websocket_connection& from, std::string_view data, bool binary) {
    std::string scratch;
    const auto packet = binary ? decode_binary_packet(revision(), data)
                               : decode_text_packet(revision(), data, scratch);
    const time_point now = home_.home().now();
    if (&from == probe_) {
        if (packet) return state_.on_probe_packet(*packet, now);
        state_.on_probe_lost();
        return close_probe();
    }
    if (!packet) return state_.on_undecodable();
    count_in(*packet);
    state_.on_packet(transport_kind::websocket, *packet, now);
}

void live_session::on_websocket_gone(websocket_connection& from, close_reason why,
                                     std::string_view detail) {
    if (&from == probe_) {
        probe_ = nullptr;
        state_.on_probe_lost();
    } else if (&from == carrier_) {
        carrier_ = nullptr;
        state_.on_websocket_lost(why, detail);
    }
}

void live_session::on_websocket_drained(websocket_connection& from) {
    if (&from == carrier_) sent();
}

void live_session::write(const outgoing_ptr& packet, bool continues) {
    if (carrier_) carrier_->write(packet, revision(), continues);
}

output_queue& live_session::websocket_queue() {
    return carrier_->link().queue(); // asked for only while the session is open on it
}

void live_session::flush_websocket() {
    if (carrier_) carrier_->link().flush_now();
}

void live_session::close_websocket() {
    if (websocket_connection* const last = std::exchange(carrier_, nullptr)) last->close();
}

// ---- upgrade

void live_session::on_upgrade(connection& link, websocket_terms terms, std::string input) {
    websocket_connection* const attached = attach(link, terms);
    if (!state_.on_probe_attached(home_.home().now())) return attached->close();
    probe_ = attached;
    probe_->take_input(std::move(input));
}

void live_session::write_probe(const outgoing_ptr& packet) {
    if (probe_) probe_->write(packet, revision(), false);
}

void live_session::close_probe() {
    if (websocket_connection* const last = std::exchange(probe_, nullptr)) last->close();
}

void live_session::promote_probe() {
    carrier_ = std::exchange(probe_, nullptr);
    // A POST that is still running is answered; what it carries comes too late.
    if (!polling_->post) polling_.reset(); // otherwise with the session
    home_.home().counters.sessions_upgraded.add();
}

void live_session::upgrading() {
    tell("on_upgrading",
         [this](handler& events) { events.on_upgrading(*this, transport_kind::websocket); });
}

void live_session::upgraded_to_websocket() {
    tell("on_upgrade",
         [this](handler& events) { events.on_upgrade(*this, transport_kind::websocket); });
}

// ---- the application's side

void live_session::deliver(std::string_view data, bool binary) {
    tell("on_message", [&](handler& events) { events.on_message(*this, data, binary); });
}

void live_session::heartbeat() {
    tell("on_heartbeat", [this](handler& events) { events.on_heartbeat(*this); });
}

void live_session::count_in(const packet_view& packet) {
    auto& counters = home_.home().counters;
    counters.packets_in.add();
    counters.bytes_in.add(packet.data.size());
    tell("on_packet", [&](handler& events) { events.on_packet(*this, packet); });
}

void live_session::created(const outgoing& packet) {
    auto& counters = home_.home().counters;
    counters.packets_out.add();
    counters.bytes_out.add(packet.size());
    if (opened_)
        tell("on_packet_create", [&](handler& events) { events.on_packet_create(*this, packet); });
}

void live_session::dropped(drop_cause cause, std::size_t packets) {
    auto& counters = home_.home().counters;
    (cause == drop_cause::not_writable ? counters.dropped_volatile
     : cause == drop_cause::overflow   ? counters.dropped_overflow
                                       : counters.dropped_closed)
        .add(packets);
}

const http_request* live_session::message_request() const {
    // A POST may still be running when the session has moved to a WebSocket: its messages are void.
    const bool by_post = transport() == transport_kind::polling && polling_->post;
    return by_post ? &polling_->post->request() : nullptr;
}

bool live_session::send(std::string_view text, send_options options) {
    const outgoing_ptr packet = outgoing::make(packet_type::message, text, false, options.compress);
    return state_.send({&packet, 1}, options.volatile_);
}

bool live_session::send_binary(std::string_view bytes, send_options options) {
    const outgoing_ptr packet = outgoing::make(packet_type::message, bytes, true, options.compress);
    return state_.send({&packet, 1}, options.volatile_);
}

bool live_session::send(std::span<const outgoing_ptr> packets, bool volatile_) {
    return state_.send(packets, volatile_);
}

void live_session::look_ahead() const {
    __builtin_prefetch(&state_);
    if (carrier_) carrier_->link().look_ahead();
}

void live_session::when_sent(std::function<void(transport_kind)> callback) {
    if (!when_sent_) when_sent_ = std::make_unique<sent_callbacks>();
    when_sent_->push_back(std::move(callback));
    if (nothing_waits()) flush_soon(); // which finds that it was sent already
}

bool live_session::nothing_waits() const {
    return state_.waiting_packets() == 0 && (!carrier_ || carrier_->link().queue().empty());
}

void live_session::call_when_sent() {
    if (const auto callbacks = std::exchange(when_sent_, nullptr))
        for (const auto& callback : *callbacks)
            tell("when_sent", [&](handler&) { callback(state_.transport()); });
}

// All that waited has been handed to the operating system.
void live_session::sent() {
    call_when_sent();
    if (opened_ && state_.status() != session_status::closed)
        tell("on_drain", [this](handler& events) { events.on_drain(*this); });
}

std::size_t live_session::queued_bytes() const {
    return state_.waiting_bytes() + (carrier_ ? carrier_->link().queue().bytes() : 0);
}

// ---- time, and the end

void live_session::wake_at(time_point deadline) {
    wake_at_ = deadline;
    home_.home().set_timer(*this, deadline);
}

void live_session::on_timer(time_point now) {
    state_.on_deadline(now);
}

void live_session::close(bool discard) {
    state_.close(discard, home_.home().now());
}

void live_session::closed(close_reason reason, std::string_view detail) {
    home_.home().cancel_timer(*this);
    // A POST that is still arriving has nobody left to read it.
    if (polling_ && polling_->post && !polling_->reading)
        std::exchange(polling_->post, nullptr)->respond(empty_response(400));
    auto& counters = home_.home().counters;
    counters.closed_by[static_cast<std::size_t>(reason)].add();
    tell("on_close", [&](handler& events) { events.on_close(*this, reason, detail); });
    const bool left_by_polling =
        reason == close_reason::transport_close && state_.transport() == transport_kind::polling;
    home_.retire(*this, left_by_polling && !told_);
}

} // namespace sockeye::engineio
