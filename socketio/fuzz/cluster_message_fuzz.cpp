// Whatever another server says, it is refused, or read into a message that reads back as itself.
#include "codec/json.hpp"

#include <sockeye/socketio/cluster_message.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace sockeye::socketio;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    value parsed;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (!parse_json(text, {.max_depth = 20, .max_elements = 1000}, parsed)) return 0;
    const auto message = cluster_message::from_value(parsed);
    if (message && cluster_message::from_value(message->to_value()) != message) std::abort();
    return 0;
}
