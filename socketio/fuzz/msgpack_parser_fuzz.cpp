// Whatever the bytes, they are refused, or read as a packet that is written in a form which, read
// again, is written the same.
#include <sockeye/socketio/parser.hpp>

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace sockeye::socketio;

static void require(bool holds) {
    if (!holds) std::abort();
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto codec = msgpack_parser({.max_depth = 20, .max_elements = 1000});
    const auto decoder = codec->make_decoder();
    packet read;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (decoder->add(bytes, true, read).status != decode_status::packet) return 0;
    const auto written = codec->encode(read);
    require(written.size() == 1 && written[0].binary);
    packet again;
    require(decoder->add(written[0].data, true, again).status == decode_status::packet);
    require(again.type == read.type && again.nsp == read.nsp && again.id == read.id);
    // Replies gain members that are undefined, as Node's do. The forms are compared, not the
    // values, because there may be a NaN, which equals nothing.
    const bool reply = read.type == packet_type::connect || read.type == packet_type::connect_error;
    require(reply || codec->encode(again) == written);
    return 0;
}
