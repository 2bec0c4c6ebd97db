// Invariant: a decoder reports the same events whether its input comes whole, byte by byte or cut
// anywhere; messages keep to the limit, text is UTF-8, and nothing follows a close or an error.
#include "codec/utf8.hpp"
#include "codec/websocket_decoder.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

using namespace sockeye::engineio;

namespace {

constexpr websocket_limits limits{.max_message = 2000, .max_fragments = 8};

struct seen {
    websocket_event_kind kind;
    bool binary;
    std::string data;
    std::uint16_t close_code;

    bool operator==(const seen&) const = default;
};

void require(bool holds) {
    if (!holds) std::abort();
}

void check(const websocket_event& event) {
    using enum websocket_event_kind;
    if (event.kind == message) {
        require(event.data.size() <= limits.max_message);
        require(event.binary || is_valid_utf8(event.data));
    }
    if (event.kind == ping || event.kind == pong) require(event.data.size() <= 125);
    if (event.kind == error) require(event.close_code >= 1002 && event.close_code <= 1009);
}

// The first piece has `first` bytes, the others have `rest`. Each lies in memory of its own, so
// that a view kept too long is found.
std::vector<seen> decode(std::string_view wire, bool deflate, std::size_t first, std::size_t rest) {
    static inflater inflate;
    websocket_decoder decoder(limits, deflate ? &inflate : nullptr);
    std::vector<seen> events;
    for (std::size_t at = 0, piece = first; at < wire.size(); at += piece, piece = rest) {
        piece = std::min(piece, wire.size() - at);
        const auto buffer = std::make_unique<char[]>(piece);
        std::ranges::copy(wire.substr(at, piece), buffer.get());
        std::span<char> input(buffer.get(), piece);
        for (;;) {
            const auto event = decoder.next(input);
            if (event.kind == websocket_event_kind::need_more) break;
            require(events.empty() || (events.back().kind != websocket_event_kind::close &&
                                       events.back().kind != websocket_event_kind::error));
            check(event);
            events.push_back({event.kind, event.binary, std::string(event.data), event.close_code});
        }
        require(input.empty());
    }
    return events;
}

} // namespace

// Two bytes say where to cut and whether permessage-deflate is on; the rest is the wire.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const bool deflate = data[0] & 1;
    const std::string_view wire(reinterpret_cast<const char*>(data) + 2, size - 2);
    const auto whole = decode(wire, deflate, wire.size(), 1);
    require(decode(wire, deflate, 1, 1) == whole);
    require(decode(wire, deflate, std::size_t{data[1]} + 1, wire.size()) == whole);
    require(decode(wire, deflate, data[0] / 2u + 1, data[1] % 16u + 1) == whole);
    return 0;
}
