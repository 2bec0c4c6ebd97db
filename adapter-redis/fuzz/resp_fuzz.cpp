// Whatever the bytes, the replies in them are the same however the bytes are cut.
#include "codec/resp.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

using namespace sockeye::adapter_redis;

static std::vector<reply> read(std::string_view bytes, std::size_t piece) {
    reply_reader reader;
    std::vector<reply> all;
    while (!bytes.empty()) {
        reader.feed(bytes.substr(0, piece));
        bytes.remove_prefix(std::min(piece, bytes.size()));
        reply next;
        while (reader.next(next) == read_status::reply)
            all.push_back(std::exchange(next, {}));
    }
    return all;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (read(bytes, size) != read(bytes, 1)) std::abort();
    return 0;
}
