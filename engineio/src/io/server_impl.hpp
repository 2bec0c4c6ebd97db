#pragma once

#include "io/server_shard.hpp"

#include <sockeye/engineio/server.hpp>

#include <atomic>
#include <memory>
#include <vector>

namespace sockeye::engineio {

class http_server_impl;

// An Engine.IO server: what all its shards share, constant once it listens.
class server_impl : public std::enable_shared_from_this<server_impl> {
public:
    server_impl(http_server_impl& http, handler& events, server_options options);

    [[nodiscard]] bool matches(const http_request& request) const {
        return path_matches(options_, request.path());
    }
    [[nodiscard]] server_shard& part(shard& home) { return *parts_[home.index()]; }
    [[nodiscard]] server_shard* current_part();

    [[nodiscard]] const server_options& options() const { return options_; }
    [[nodiscard]] handler& events() { return events_; }
    [[nodiscard]] http_server_impl& http() { return http_; }

    void close_sessions();        // on every shard
    void close_part(shard& home); // on that shard's thread

    std::vector<middleware> middlewares;
    allow_request allow;
    std::atomic<std::size_t> session_count = 0; // changes per handshake, not per message

private:
    http_server_impl& http_;
    handler& events_;
    const server_options options_;
    std::vector<std::unique_ptr<server_shard>> parts_;
};

} // namespace sockeye::engineio
