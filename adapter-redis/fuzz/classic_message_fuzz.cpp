// Whatever the bytes, they are refused, or read as a message that is written in a form which, read
// again, is written the same.
#include "codec/classic_message.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace sockeye::adapter_redis;

template<class Message>
static void check(std::optional<Message> (*decode)(std::string_view), std::string_view bytes) {
    const auto read = decode(bytes);
    if (!read) return;
    const std::string written = encode(*read);
    const auto again = decode(written);
    if (!again || encode(*again) != written) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check(decode_broadcast, bytes);
    check(decode_request, bytes);
    check(decode_response, bytes);
    return 0;
}
