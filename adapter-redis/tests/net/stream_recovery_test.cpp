// Clients that come back to a server that has not delivered as much as they had elsewhere.

#include "codec/envelope.hpp"
#include "io/stream_recovery.hpp"
#include "net/fake_namespace.hpp"
#include "net/slow_redis.hpp"

#include <doctest/doctest.h>

namespace sockeye::adapter_redis {

namespace {

using socketio::recovery_outcome;
using socketio::restored_session;

/// Has everybody's session, and the entry that is asked for.
class knowing_redis final : public slow_redis {
public:
    void command_for(std::string_view, const std::vector<std::string>& words,
                     reply_handler then) override {
        if (words[0] == "GETDEL")
            return then(
                {.kind = reply_kind::text, .text = encode_session({"id", "private", {}, {}})});
        const reply id{.kind = reply_kind::text, .text = words[2]};
        const reply entry{.kind = reply_kind::array, .items = {id, {.kind = reply_kind::array}}};
        then({.kind = reply_kind::array, .items = {entry}});
    }
};

struct recovering_namespace {
    socketio::fake_namespace local;
    const std::shared_ptr<stream_recovery> recovery = std::make_shared<stream_recovery>(
        local, std::make_shared<knowing_redis>(),
        [](unsigned, redis_client::reply_handler tell) { return tell; },
        stream_recovery::settings{.nsp = "/",
                                  .stream = "s",
                                  .session_key_prefix = "session:",
                                  .session_lifetime = std::chrono::minutes(1),
                                  .patience = std::chrono::seconds(5),
                                  .max_missed_bytes = 1000});
    std::vector<recovery_outcome> outcomes;

    void restore(const std::string& offset) {
        recovery->restore("private", offset, [this](const restored_session& restored) {
            outcomes.push_back(restored.outcome);
        });
    }
};

} // namespace

TEST_CASE("stream recovery: who has had more elsewhere waits for this server, and no longer") {
    recovering_namespace at;
    for (int i = 0; i < 3; ++i)
        at.restore("2-0");
    CHECK(at.recovery->waiting() == 3);
    CHECK(at.outcomes.empty());
    SUBCASE("until it has delivered as much") {
        at.recovery->begin_at({2, 0});
        CHECK(at.outcomes == std::vector(3, recovery_outcome::recovered));
    }
    SUBCASE("while the reader is stuck, until its time is over") {
        at.local.threads.let_time_pass();
        CHECK(at.outcomes == std::vector(3, recovery_outcome::unknown_session));
    }
    CHECK(at.recovery->waiting() == 0);
}

} // namespace sockeye::adapter_redis
