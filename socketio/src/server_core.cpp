#include "server_core.hpp"

#include "client.hpp"
#include "memory_adapter.hpp"

#include <exception>
#include <utility>

namespace sockeye::socketio {
namespace {

server_options with_parser(server_options options) {
    if (!options.parser) options.parser = default_parser();
    return options;
}

} // namespace

std::string describe(const std::exception_ptr& what) {
    try {
        std::rethrow_exception(what);
    } catch (const std::exception& error) {
        return error.what();
    } catch (...) {
        return "not a std::exception";
    }
}

// Whatever fails must do so before the engine is attached, since the HTTP server then counts on
// this object. (Braces, because they are evaluated in order.)
server_core::server_core(engineio::http_server& http, server_options options)
    : server_core{http, read_client_files(options.client_files), std::move(options)} {}

server_core::server_core(engineio::http_server& http, std::vector<client_file> files,
                         server_options options)
    : options_(with_parser(std::move(options))), shards_(http.shards()), counters_(shards_.size()),
      engine_(http, *this, options_.engine), waiting_(shards_.size()), namespaces_(*this) {
    for (auto& [name, file] : files)
        engine_.serve(name, std::move(file));
}

std::unique_ptr<adapter> server_core::make_adapter(local_namespace& of) const {
    return options_.adapter ? options_.adapter(of) : memory_adapter(of, options_.recovery);
}

void server_core::log(engineio::log_level level, const std::string& line) {
    engine_.http().write_log(level, line);
}

void server_core::run_on(unsigned shard, std::function<void()> task) {
    if (shards_.current() == shard)
        task();
    else
        shards_.post(shard, std::move(task));
}

client* server_core::find_client(std::string_view session_id) {
    engineio::session* const session = engine_.find(session_id);
    return session ? static_cast<client*>(session->data()) : nullptr;
}

// ---- the application's code

void server_core::call(event_handler& called, incoming_event& event, std::string_view of) {
    try {
        const auto wrong = called.handle(event);
        if (!wrong) return;
        counters().argument_mismatches.add();
        const std::string text = wrong->describe(called.event());
        log(engineio::log_level::error, std::string(of) + ": " + text);
        if (event.reply) event.reply.send(array{object{{"error", text}}});
    } catch (...) {
        on_failure(of, called.event(), std::current_exception());
    }
}

// A coroutine may have gone on where the application let it.
void server_core::on_failure(std::string_view of, std::string_view event,
                             const std::exception_ptr& what) {
    log(engineio::log_level::error, std::string(of) + ": exception out of the handler of \"" +
                                        std::string(event) + "\": " + describe(what));
    const unsigned here = shards_.current();
    run_on(here == engineio::shards::none ? 0 : here,
           [self = shared_from_this()] { self->counters().handler_exceptions.add(); });
}

std::function<void(std::exception_ptr)> server_core::of_handler(std::string_view event) {
    return [self = shared_from_this(), event = std::string(event)](const std::exception_ptr& what) {
        self->on_failure("coroutine", event, what);
    };
}

// ---- what Engine.IO tells

void server_core::on_open(engineio::session& s) {
    auto opened = std::make_unique<client>(*this, s);
    client& born = *opened;
    s.set_data(std::move(opened));
    if (observer_) observer_->on_open(born);
    // Version 2 clients do not ask for the main namespace.
    if (s.revision() == engineio::protocol::v3)
        born.join_main_namespace();
    else
        watch_connect_timeout(born, s.shard());
    if (stopped_shards_ > 0) s.close(); // the HTTP server may go on, for others
}

void server_core::on_message(engineio::session& s, std::string_view data, bool binary) {
    static_cast<client*>(s.data())->on_message(data, binary);
}

void server_core::on_close(engineio::session& s, engineio::close_reason why,
                           std::string_view detail) {
    auto& gone = *static_cast<client*>(s.data());
    gone.on_close(text(why), detail);
    if (observer_) observer_->on_close(gone, why);
}

void server_core::on_stopping() {
    engine_.for_each([](engineio::session& s) {
        static_cast<client*>(s.data())->on_close("server shutting down", {});
    });
    // The last shard to be told closes the adapters: nobody needs them any more.
    if (++stopped_shards_ == shards_.size()) close_adapters();
}

void server_core::close_adapters() {
    for (const auto& nsp : namespaces_.all())
        nsp->close_adapter();
}

void server_core::on_upgrade(engineio::session& s, engineio::transport_kind) {
    if (observer_) observer_->on_upgrade(*static_cast<client*>(s.data()));
}
void server_core::on_packet(engineio::session&, const engineio::packet_view& packet) {
    if (observer_) observer_->on_packet_in(packet);
}
void server_core::on_packet_create(engineio::session&, const engineio::outgoing& packet) {
    if (observer_) observer_->on_packet_out(packet);
}

void server_core::close() {
    engine_.close();
}

socketio_totals server_core::totals() const {
    socketio_totals sum{};
    for (const socketio_counters& shard : counters_)
        accumulate(sum, shard);
    const std::uint64_t shared = shared_encodes_.load(std::memory_order_relaxed);
    sum.broadcasts += shared;
    sum.encodes += shared;
    return sum;
}

// ---- clients that join nothing

void server_core::watch_connect_timeout(client& newcomer, unsigned shard) {
    connect_queue& queue = waiting_[shard];
    const bool first = queue.empty();
    newcomer.wait_in(queue, std::chrono::steady_clock::now() + options_.connect_timeout);
    if (first)
        shards_.post_after(shard, options_.connect_timeout,
                           [this, shard] { close_idle_clients(shard); });
}

void server_core::close_idle_clients(unsigned shard) {
    connect_queue& queue = waiting_[shard];
    const auto now = std::chrono::steady_clock::now();
    while (!queue.empty() && queue.front().deadline <= now)
        queue.front().who->on_connect_timeout(); // which leaves the queue
    if (queue.empty()) return;
    const auto wait = std::chrono::ceil<milliseconds>(queue.front().deadline - now);
    shards_.post_after(shard, wait, [this, shard] { close_idle_clients(shard); });
}

} // namespace sockeye::socketio
