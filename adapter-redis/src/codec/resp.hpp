#pragma once

#include <sockeye/adapter_redis/reply.hpp>

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct redisReader;

// The protocol of Redis, RESP 2: what hiredis 0.14 reads, and every version of Redis speaks.

namespace sockeye::adapter_redis {

void append_command(std::string& out, std::span<const std::string_view> words);
void append_command(std::string& out, std::initializer_list<std::string_view> words);

enum class read_status : unsigned char { need_more, reply, error };

/// Takes replies out of what came from Redis, however it was cut. After an error it is of no use
/// any more.
class reply_reader {
public:
    reply_reader();

    void feed(std::string_view bytes);
    read_status next(reply& into);

    /// Nothing that we ask for is nearly that much.
    static constexpr std::size_t max_items = 1'000'000;

private:
    std::unique_ptr<redisReader, void (*)(redisReader*)> reader_;
};

} // namespace sockeye::adapter_redis
