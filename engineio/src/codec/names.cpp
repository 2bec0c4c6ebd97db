#include <sockeye/engineio/error.hpp>
#include <sockeye/engineio/options.hpp>

namespace sockeye::engineio {

std::string_view message(request_error error) {
    switch (error) {
    case request_error::transport_unknown:
        return "Transport unknown";
    case request_error::session_unknown:
        return "Session ID unknown";
    case request_error::bad_handshake_method:
        return "Bad handshake method";
    case request_error::bad_request:
        return "Bad request";
    case request_error::forbidden:
        return "Forbidden";
    case request_error::unsupported_protocol:
        return "Unsupported protocol version";
    }
    return "";
}

unsigned http_status(request_error error) {
    return error == request_error::forbidden ? 403 : 400;
}

std::string_view text(close_reason reason) {
    switch (reason) {
    case close_reason::transport_error:
        return "transport error";
    case close_reason::transport_close:
        return "transport close";
    case close_reason::forced_close:
        return "forced close";
    case close_reason::ping_timeout:
        return "ping timeout";
    case close_reason::parse_error:
        return "parse error";
    case close_reason::slow_reader:
        return "slow reader";
    }
    return "";
}

std::string_view name(transport_kind transport) {
    return transport == transport_kind::polling ? "polling" : "websocket";
}

} // namespace sockeye::engineio
