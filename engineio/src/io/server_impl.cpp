#include "io/server_impl.hpp"

#include "io/http_server_impl.hpp"

#include <utility>

namespace sockeye::engineio {

server_impl::server_impl(http_server_impl& http, handler& events, server_options options)
    : http_(http), events_(events), options_(std::move(options)) {
    for (unsigned i = 0; i < http.shard_count(); ++i)
        parts_.push_back(std::make_unique<server_shard>(*this, http.shard_at(i)));
}

void server_impl::add_file(std::string_view name, served_file file) {
    std::string path = options_.path;
    if (!path.ends_with('/')) path += '/';
    files_.insert_or_assign(path.append(name), std::move(file));
}

server_shard* server_impl::current_part() {
    const unsigned current = http_.current();
    return current == shards::none ? nullptr : parts_[current].get();
}

void server_impl::close_part(shard& home) {
    try {
        events_.on_stopping();
    } catch (const std::exception& error) {
        http_.log(log_level::error, std::string("exception out of on_stopping: ") + error.what());
    }
    part(home).for_each([](session& s) { s.close(true); });
}

void server_impl::close_sessions() {
    for (unsigned i = 0; i < http_.shard_count(); ++i) {
        shard& home = http_.shard_at(i);
        home.post([keep = shared_from_this(), &home] { keep->close_part(home); });
    }
}

} // namespace sockeye::engineio
