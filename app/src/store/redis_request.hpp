#pragma once

#include <sockeye/adapter_redis/reply.hpp>
#include <sockeye/app/store.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace sockeye::app {

/// What Redis is asked for a transaction.
struct redis_request {
    std::vector<std::string> words;
    std::vector<store_verb> verbs; // of the steps that are answered, in their order
    bool by_script = false;        // named by its digest, which Redis must have heard of
};

/// The prefix stands in front of every key, and of no channel.
[[nodiscard]] redis_request request_of(const transaction& what, std::string_view key_prefix);
/// Now with all of the script instead of its digest.
void spell_out_script(redis_request& request);

/// Throws std::runtime_error with what Redis says, where that is an error.
[[nodiscard]] store_result read_answer(const redis_request& asked, adapter_redis::reply answer);

} // namespace sockeye::app
