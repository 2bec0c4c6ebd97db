#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace sockeye::engineio {

enum class cookie_same_site { unset, none, lax, strict };
enum class cookie_priority { unset, low, medium, high };

// The cookie that carries the session id, for load balancers that keep a session on one node.
struct cookie_options {
    std::string name = "io";
    std::string path = "/"; // empty: no Path attribute
    std::string domain;     // empty: no Domain attribute
    std::optional<std::chrono::system_clock::time_point> expires;
    std::optional<std::chrono::seconds> max_age; // unset: a session cookie
    bool http_only = true;
    bool secure = false;
    bool partitioned = false;
    cookie_priority priority = cookie_priority::unset;
    cookie_same_site same_site = cookie_same_site::lax;
};

} // namespace sockeye::engineio
