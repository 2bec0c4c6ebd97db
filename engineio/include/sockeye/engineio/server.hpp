#pragma once

#include <sockeye/engineio/handler.hpp>
#include <sockeye/engineio/http_server.hpp>
#include <sockeye/engineio/options.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace sockeye::engineio {

class server_impl;

// A request on its way through the middlewares: headers set here go out with whatever answer the
// request gets, that of a WebSocket handshake included.
class middleware_context {
public:
    virtual ~middleware_context() = default;
    [[nodiscard]] virtual const http_request& request() const = 0;
    [[nodiscard]] virtual std::string remote_address() const = 0;
    virtual void set_header(std::string name, std::string value) = 0;
    // Answers the request here; a WebSocket's connection is closed without an answer. `next` must
    // not be called any more.
    virtual void end(http_response response) = 0;
    // The same, but a WebSocket's handshake is answered too: for clients that read the status.
    virtual void refuse(http_response response) = 0;
};

// Goes on to the next middleware, or, with an error, refuses the request (code 3). May be called
// later and from any thread, once; the context may be used until then.
using middleware_next = std::function<void(std::optional<std::string> error)>;
using middleware = std::function<void(middleware_context&, middleware_next next)>;

// Accepts a handshake with no error, or refuses it (code 4) with the message that the client is
// told
// ("" stands for "Forbidden"). May be called later and from any thread, once.
using allow_answer = std::function<void(std::optional<std::string> refusal)>;
using allow_request = std::function<void(const http_request&, allow_answer)>;

// An Engine.IO server at one path of an http_server. Keep it alive as long as that one.
class server {
public:
    // With an http_server of its own.
    explicit server(handler& events, server_options options = {}, http_server_options http = {});
    // Beside other servers and routes on a port.
    server(http_server& http, handler& events, server_options options = {});
    ~server();
    server(const server&) = delete;
    server& operator=(const server&) = delete;

    // Before listen only.
    void use(middleware step);
    void allow(allow_request check);
    // Answers requests for {path}/{name} with the file, compressed as the client likes it best:
    // with CORS headers, but without asking middlewares. Compresses it now, for all of them.
    void serve(std::string_view name, static_file file);

    [[nodiscard]] const server_options& options() const;
    [[nodiscard]] std::size_t session_count() const; // over all shards

    // The living session of that id, or null; only for ids at home on the calling shard.
    [[nodiscard]] session* find(std::string_view id);
    // Calls `visit` for every session of the calling shard.
    void for_each(const std::function<void(session&)>& visit);
    // Closes all sessions of all shards, what waits for them is discarded.
    void close();

    [[nodiscard]] http_server& http();
    unsigned short listen(unsigned short port, const std::string& address = {});
    void run();

private:
    std::unique_ptr<http_server> own_http_;
    http_server* http_;
    std::shared_ptr<server_impl> impl_;
};

} // namespace sockeye::engineio
