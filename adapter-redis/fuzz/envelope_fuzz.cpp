// Whatever the bytes, they are refused, or read as a message that is written in forms which, read
// again, are written the same; as a message or as the data of a stream's entry.
#include "codec/envelope.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace sockeye::adapter_redis;

static void require(bool holds) {
    if (!holds) std::abort();
}

static void check(const envelope& read) {
    const auto packed = decode_envelope(encode_packed(read));
    require(packed && encode_packed(*packed) == encode_packed(read));
    const auto sharded = decode_envelope(encode_sharded(read));
    require(sharded && encode_sharded(*sharded) == encode_sharded(read));
    const auto entry = decode_entry(encode_entry(read));
    // An entry has data that is a map, or none: text tells JSON by its first character.
    if (read.data.is_object()) require(entry && encode_entry(*entry) == encode_entry(read));
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto read = decode_envelope(bytes)) check(*read);
    if (const auto read = decode_entry({{"nsp", "/"}, {"type", "3"}, {"data", std::string(bytes)}}))
        if (read->data.is_object()) check(*read);
    if (const auto session = decode_session(bytes))
        require(encode_session(*decode_session(encode_session(*session))) ==
                encode_session(*session));
    return 0;
}
