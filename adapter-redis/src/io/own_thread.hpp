#pragma once

namespace sockeye::adapter_redis {

// Whether this thread is a link's, or a refresher's: another of them may be waiting for its end.
inline thread_local bool is_own_thread = false;

} // namespace sockeye::adapter_redis
