#pragma once

#include "codec/served_file.hpp"
#include "io/server_shard.hpp"

#include <sockeye/engineio/server.hpp>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
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
    void add_file(std::string_view name, served_file file);
    // Null: the path names none. What sessions ask for ends with the slash of the server's path.
    [[nodiscard]] const served_file* find_file(std::string_view path) const {
        if (files_.empty() || path.ends_with('/')) return nullptr;
        const auto found = files_.find(path);
        return found == files_.end() ? nullptr : &found->second;
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
    std::map<std::string, served_file, std::less<>> files_; // by whole path
    std::vector<std::unique_ptr<server_shard>> parts_;
};

} // namespace sockeye::engineio
