#pragma once

// The names that the documents' snippets count on.

#include <sockeye/adapter_redis/emitter.hpp>
#include <sockeye/adapter_redis/redis_link.hpp>
#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/server.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <thread>

using namespace sockeye::socketio;
using namespace std::chrono_literals;
namespace engineio = sockeye::engineio;

#define SNIPPET_NAMES                                                                              \
    server &io, const namespace_ &nsp, sockeye::socketio::socket s, server_options &options,       \
        engineio::http_server_options &http, const broadcast_operator &room,                       \
        const remote_socket &remote, const listener &token,                                        \
        const std::shared_ptr<sockeye::adapter_redis::redis_link>&redis,                           \
        const sockeye::adapter_redis::emitter &emitter

// What the application brings.
struct user {
    std::string name;
};
bool known(const value& token);
task<user> find_user(std::string name); // asks a database, say
