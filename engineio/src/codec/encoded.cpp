#include "codec/deflate.hpp"
#include "codec/packet_codec.hpp"
#include "codec/packet_memory.hpp"
#include "codec/websocket_frame.hpp"

#include <sockeye/engineio/encoded.hpp>

#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

namespace sockeye::engineio {
namespace {

constexpr std::size_t room = max_frame_header;

// One digit stands before text; binary data need none (version 4).
constexpr std::size_t prefix_size(bool binary) {
    return binary ? 0 : 1;
}

void check_size(std::size_t size) {
    if (size > std::numeric_limits<std::uint32_t>::max() - 64)
        throw std::length_error("sockeye: a message of more than 4 GiB cannot be sent");
}

std::size_t storage_size(std::size_t data, bool binary) {
    return room + prefix_size(binary) + data;
}

// Fills `storage` as encoded.hpp draws it.
packet_bytes lay_out(char* storage, packet_type type, std::string_view data, bool binary,
                     bool compress) {
    char* text = storage + room;
    if (!binary) *text = static_cast<char>('0' + static_cast<int>(type));
    if (!data.empty()) std::memcpy(text + prefix_size(binary), data.data(), data.size());
    const std::size_t payload = data.size() + prefix_size(binary);
    const std::size_t header = frame_header_size(payload);
    write_frame_header(text - header, binary ? opcode::binary : opcode::text, payload);
    return {.type = type,
            .binary = binary,
            .compress = compress,
            .frame_offset = static_cast<std::uint8_t>(room - header),
            .size = static_cast<std::uint32_t>(data.size()),
            .start = storage};
}

std::string_view data_of(const packet_bytes& bytes) {
    return {bytes.start + room + prefix_size(bytes.binary), bytes.size};
}

std::string frame_around(opcode kind, std::string_view payload, bool compressed) {
    char header[max_frame_header];
    std::string frame(header, write_frame_header(header, kind, payload.size(), compressed));
    frame.append(payload);
    return frame;
}

} // namespace

encoded::encoded(packet_type type, std::string_view data, bool binary, bool compress) {
    check_size(data.size());
    storage_ = std::make_unique_for_overwrite<char[]>(storage_size(data.size(), binary));
    bytes_ = lay_out(storage_.get(), type, data, binary, compress);
}

std::string_view encoded::data() const {
    return data_of(bytes_);
}

encoded_ptr encode_message(std::string_view data, bool binary, bool compress) {
    return std::make_shared<const encoded>(packet_type::message, data, binary, compress);
}

// Forms that few packets need; empty means not built yet.
struct outgoing::forms {
    std::string raw;
    std::string frame_v3;
    std::string deflated[2]; // by revision
    std::string text[2];
    std::string framed_text[2];
};

outgoing::outgoing(const packet_bytes& bytes, encoded_ptr shared)
    : bytes_(bytes), shared_(std::move(shared)) {}

outgoing::~outgoing() = default;

outgoing_ptr outgoing::make(packet_type type, std::string_view data, bool binary, bool compress) {
    check_size(data.size());
    void* memory = take_packet_memory(sizeof(outgoing) + storage_size(data.size(), binary));
    char* storage = static_cast<char*>(memory) + sizeof(outgoing);
    return new (memory) outgoing(lay_out(storage, type, data, binary, compress), nullptr);
}

outgoing_ptr outgoing::share(encoded_ptr packet) {
    void* memory = take_packet_memory(sizeof(outgoing));
    const packet_bytes& bytes = packet->bytes();
    return new (memory) outgoing(bytes, std::move(packet));
}

outgoing_ptr outgoing::raw(std::string bytes) {
    void* memory = take_packet_memory(sizeof(outgoing));
    outgoing_ptr packet(new (memory) outgoing(packet_bytes{.type = packet_type::noop}, nullptr));
    packet->extra().raw = std::move(bytes);
    return packet;
}

void intrusive_ptr_release(const outgoing* packet) {
    if (--packet->owners_ > 0) return;
    const bool has_bytes = packet->bytes_.start && !packet->shared_; // behind it
    const std::size_t size =
        sizeof(outgoing) +
        (has_bytes ? storage_size(packet->bytes_.size, packet->bytes_.binary) : 0);
    packet->~outgoing();
    give_packet_memory(const_cast<outgoing*>(packet), size);
}

outgoing::forms& outgoing::extra() const {
    if (!forms_) forms_ = std::make_unique<forms>();
    return *forms_;
}

std::string_view outgoing::data() const {
    return bytes_.start ? data_of(bytes_) : std::string_view(extra().raw);
}

std::string_view outgoing::frame(protocol revision) const {
    if (bytes_.binary && revision == protocol::v3) {
        std::string& frame = extra().frame_v3;
        if (frame.empty()) {
            std::string payload(1, static_cast<char>(bytes_.type)); // version 3 sends the type
            payload.append(data());
            frame = frame_around(opcode::binary, payload, false);
        }
        return frame;
    }
    const char* begin = bytes_.start + bytes_.frame_offset;
    return {begin, room - bytes_.frame_offset + prefix_size(bytes_.binary) + bytes_.size};
}

std::string_view outgoing::deflated_frame(protocol revision, deflater& deflate) const {
    std::string& deflated = extra().deflated[revision == protocol::v4];
    if (deflated.empty()) {
        const std::string_view plain = frame(revision);
        const std::size_t payload = size() + (bytes_.binary && revision == protocol::v4 ? 0 : 1);
        std::string smaller;
        deflate.deflate_message(plain.substr(plain.size() - payload), smaller);
        deflated = smaller.size() < payload
                       ? frame_around(bytes_.binary ? opcode::binary : opcode::text, smaller, true)
                       : std::string(plain);
    }
    return deflated;
}

std::string_view outgoing::text_form(protocol revision) const {
    if (!bytes_.binary) return {bytes_.start + room, 1 + std::size_t(bytes_.size)};
    std::string& text = extra().text[revision == protocol::v4];
    if (text.empty())
        append_text_packet(text, revision, {.type = bytes_.type, .binary = true, .data = data()});
    return text;
}

std::string_view outgoing::text_frame(protocol revision) const {
    if (!bytes_.binary) return frame(revision);
    std::string& framed = extra().framed_text[revision == protocol::v4];
    if (framed.empty()) framed = frame_around(opcode::text, text_form(revision), false);
    return framed;
}

} // namespace sockeye::engineio
