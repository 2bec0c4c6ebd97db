#include <sockeye/adapter_redis/redis_client.hpp>

#include <future>

namespace sockeye::adapter_redis {

// Answers come in order: with this one, or those of all masters of a cluster, all that was said
// before has come there.
void redis_client::drain(milliseconds limit) {
    if (!counters().connected) return;
    const auto answered = std::make_shared<std::promise<void>>();
    count_subscribers(channel_kind::plain, {}, [answered](auto) { answered->set_value(); });
    answered->get_future().wait_for(limit);
}

} // namespace sockeye::adapter_redis
