#pragma once

#include <sockeye/engineio/session.hpp>
#include <sockeye/socketio/handshake.hpp>

namespace sockeye::socketio {

handshake make_handshake(const engineio::session& session, const value& auth);

} // namespace sockeye::socketio
