#pragma once

#include "namespace_core.hpp"

#include <sockeye/socketio/server.hpp>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace sockeye::socketio {

// The namespaces of a server, and the parents that allow more. From any thread.
//
// A client that joins is counted before it has a socket, and until its socket is gone, so that a
// namespace that ends with its last socket never ends under one that is coming.
class namespace_directory {
public:
    using namespace_ptr = std::shared_ptr<namespace_core>;

    explicit namespace_directory(server_core& server) : server_(server) {}

    namespace_ptr of(std::string name);
    namespace_ptr add_parent(const pattern& names);
    namespace_ptr add_parent(namespace_predicate allows);
    void on_new(std::function<void(namespace_)> handler);
    [[nodiscard]] std::vector<namespace_ptr> all() const;

    // The namespace, with the client counted; null if it is not there (yet): see open.
    [[nodiscard]] namespace_ptr enter(std::string_view name);
    // Asks the parents. `then` gets the namespace, with the client counted, or null; on any thread.
    void open(const std::string& name, const value& auth, std::function<void(namespace_ptr)> then);
    void leave(namespace_core& left); // the client is not in it any more

private:
    struct parent {
        namespace_ptr core;
        namespace_predicate allows;
        std::function<bool(const std::string&)> matches; // of a pattern only
    };
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view name) const {
            return std::hash<std::string_view>()(name);
        }
    };
    struct question;

    namespace_ptr add(parent born);
    namespace_ptr find(std::string_view name) const;               // under the lock
    namespace_ptr make(const std::string& name, const parent* of); // under the lock
    namespace_ptr open_child(const std::string& name, const parent& of);
    void ask(const std::shared_ptr<question>& about, std::size_t next);
    void tell_new(const namespace_ptr& made);

    server_core& server_;
    mutable std::mutex mutex_; // held while an adapter is made, never across the application's code
    std::unordered_map<std::string, namespace_ptr, hash, std::equal_to<>> namespaces_;
    std::vector<std::shared_ptr<const parent>> parents_;
    std::size_t children_ = 0;
    std::vector<std::function<void(namespace_)>> new_handlers_;
};

} // namespace sockeye::socketio
