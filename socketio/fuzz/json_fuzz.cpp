// Whatever the bytes, they are refused, or read into a value whose JSON is UTF-8 and reads back as
// a value that is written the same. (The values may differ: a double above 2^53 is written with
// digits that, read as an integer, stand for themselves.)
#include "codec/json.hpp"
#include "codec/text.hpp"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace sockeye::socketio;

static void require(bool holds) {
    if (!holds) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const parser_limits limits{.max_depth = 20, .max_elements = 1000};
    value first;
    if (!parse_json(text, limits, first)) return 0;
    std::string written;
    append_json(written, first);
    require(is_utf8(written));
    if (!is_utf8(text)) return 0; // repaired, two keys may have become one
    value second;
    require(parse_json(written, limits, second));
    std::string again;
    append_json(again, second);
    require(again == written);
    require(value(first) == first);
    return 0;
}
