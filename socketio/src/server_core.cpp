#include "server_core.hpp"

#include "client.hpp"

#include <utility>

namespace sockeye::socketio {
namespace {

server_options with_parser(server_options options) {
    if (!options.parser) options.parser = default_parser();
    return options;
}

} // namespace

server_core::server_core(engineio::http_server& http, server_options options)
    : options_(with_parser(std::move(options))), shards_(http.shards()),
      engine_(http, *this, options_.engine), waiting_(shards_.size()) {}

void server_core::log(engineio::log_level level, const std::string& line) {
    engine_.http().write_log(level, line);
}

void server_core::run_on(unsigned shard, std::function<void()> task) {
    if (shards_.current() == shard)
        task();
    else
        shards_.post(shard, std::move(task));
}

std::shared_ptr<namespace_core> server_core::of(std::string name) {
    if (!name.starts_with('/')) name.insert(name.begin(), '/');
    const std::lock_guard lock(mutex_);
    auto& found = namespaces_[name];
    if (!found) found = std::make_shared<namespace_core>(*this, name);
    return found;
}

std::shared_ptr<namespace_core> server_core::find(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto found = namespaces_.find(std::string(name));
    return found == namespaces_.end() ? nullptr : found->second;
}

// ---- what Engine.IO tells

void server_core::on_open(engineio::session& s) {
    auto opened = std::make_unique<client>(*this, s);
    client& born = *opened;
    s.set_data(std::move(opened));
    // Version 2 clients do not ask for the main namespace.
    if (s.revision() == engineio::protocol::v3)
        born.join_main_namespace();
    else
        watch_connect_timeout(s);
}

void server_core::on_message(engineio::session& s, std::string_view data, bool binary) {
    static_cast<client*>(s.data())->on_message(data, binary);
}

void server_core::on_close(engineio::session& s, engineio::close_reason why,
                           std::string_view detail) {
    static_cast<client*>(s.data())->on_close(text(why), detail);
}

// ---- clients that join nothing

// All wait equally long, so the queue is in order and one timer a shard serves it.
void server_core::watch_connect_timeout(engineio::session& s) {
    const unsigned shard = s.shard();
    auto& queue = waiting_[shard];
    const bool first = queue.empty();
    queue.push_back({std::chrono::steady_clock::now() + options_.connect_timeout, s.id()});
    if (first)
        shards_.post_after(shard, options_.connect_timeout,
                           [this, shard] { close_idle_clients(shard); });
}

void server_core::close_idle_clients(unsigned shard) {
    auto& queue = waiting_[shard];
    const auto now = std::chrono::steady_clock::now();
    while (!queue.empty() && queue.front().deadline <= now) {
        engineio::session* const s = engine_.find(queue.front().session_id);
        queue.pop_front();
        if (s) static_cast<client*>(s->data())->on_connect_timeout();
    }
    if (queue.empty()) return;
    const auto wait = std::chrono::ceil<milliseconds>(queue.front().deadline - now);
    shards_.post_after(shard, wait, [this, shard] { close_idle_clients(shard); });
}

} // namespace sockeye::socketio
