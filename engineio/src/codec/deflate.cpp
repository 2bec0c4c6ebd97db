#include "codec/deflate.hpp"

#include <zlib.h>

#include <array>
#include <new>

namespace sockeye::engineio {
namespace {

// A negative size stands for raw deflate, 16 more for gzip, a plain one for zlib's format.
constexpr int raw_window = -MAX_WBITS;
constexpr int zlib_window = MAX_WBITS;
constexpr int gzip_window = MAX_WBITS + 16;
constexpr int default_memory = 8;

// What a sender removes from each message, and a receiver appends (RFC 7692 §7.2.1 and §7.2.2).
constexpr std::string_view message_tail("\x00\x00\xff\xff", 4);

// zlib counts its input in 32 bits.
constexpr std::size_t max_slice = 1u << 30;

// Output goes through a buffer of ours, so that `out` grows by what came and not by what might.
using chunk = std::array<char, 16 * 1024>;

std::string_view next_slice(z_stream& z, std::string_view data) {
    const auto slice = data.substr(0, max_slice);
    // zlib's interface predates const; it does not write there.
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(slice.data()));
    z.avail_in = static_cast<uInt>(slice.size());
    return data.substr(slice.size());
}

void offer_output(z_stream& z, chunk& buffer) {
    z.next_out = reinterpret_cast<Bytef*>(buffer.data());
    z.avail_out = static_cast<uInt>(buffer.size());
}

void start_deflate(z_stream& z, int level, int window) {
    if (deflateInit2(&z, level, Z_DEFLATED, window, default_memory, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
}

// With valid parameters and output room, deflate() cannot fail.
void deflate_all(z_stream& z, std::string_view data, int flush, chunk& buffer, std::string& out) {
    do {
        data = next_slice(z, data);
        do {
            offer_output(z, buffer);
            ::deflate(&z, data.empty() ? flush : Z_NO_FLUSH);
            out.append(buffer.data(), buffer.size() - z.avail_out);
        } while (z.avail_out == 0);
    } while (!data.empty());
}

std::string compress_body(std::string_view data, int window) {
    z_stream z{};
    start_deflate(z, Z_DEFAULT_COMPRESSION, window);
    chunk buffer;
    std::string out;
    deflate_all(z, data, Z_FINISH, buffer, out);
    deflateEnd(&z);
    return out;
}

} // namespace

struct inflater::stream {
    stream() {
        if (inflateInit2(&z, raw_window) != Z_OK) throw std::bad_alloc();
    }
    ~stream() { inflateEnd(&z); }
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    void start(std::size_t max) {
        inflateReset(&z);
        ended = false;
        allowance = max;
    }
    status inflate_all(std::string_view data, std::string& out);
    status inflate_some(std::string& out);

    // zlib adds this to data_type when the last thing it read was the end of a block.
    bool between_blocks() const { return (z.data_type & 128) != 0; }

    z_stream z{};
    chunk buffer;
    std::size_t allowance = 0; // bytes that may still come out
    bool ended = false;        // the last thing read was a final block
};

inflater::status inflater::stream::inflate_some(std::string& out) {
    // A sender may mark blocks as final in the middle of a message (RFC 7692 §7.2.3.5).
    if (ended) inflateReset(&z);
    offer_output(z, buffer);
    const int result = ::inflate(&z, Z_SYNC_FLUSH);
    ended = result == Z_STREAM_END;
    if (result != Z_OK && result != Z_BUF_ERROR && !ended) return status::corrupt;

    const std::size_t produced = buffer.size() - z.avail_out;
    if (produced > allowance) return status::too_big;
    allowance -= produced;
    out.append(buffer.data(), produced);
    return status::ok;
}

inflater::status inflater::stream::inflate_all(std::string_view data, std::string& out) {
    do {
        data = next_slice(z, data);
        do {
            if (const auto result = inflate_some(out); result != status::ok) return result;
            // With all input read and the buffer full, zlib may still hold back output.
        } while (z.avail_in > 0 || (z.avail_out == 0 && !ended));
    } while (!data.empty());
    return status::ok;
}

inflater::inflater() : stream_(std::make_unique<stream>()) {}
inflater::~inflater() = default;
inflater::inflater(inflater&&) noexcept = default;
inflater& inflater::operator=(inflater&&) noexcept = default;

inflater::status inflater::inflate_message(std::string_view compressed, std::size_t max,
                                           std::string& out) {
    // An empty message is a block of one byte (§7.2.3.6), but some send no byte at all.
    if (compressed.empty()) return status::ok;

    stream_->start(max);
    if (const auto result = stream_->inflate_all(compressed, out); result != status::ok)
        return result;
    if (stream_->ended) return status::ok;
    if (const auto result = stream_->inflate_all(message_tail, out); result != status::ok)
        return result;
    // A message that was cut off inside a block takes the tail for a part of that block.
    return stream_->between_blocks() ? status::ok : status::corrupt;
}

struct deflater::stream {
    explicit stream(int level) { start_deflate(z, level, raw_window); }
    ~stream() { deflateEnd(&z); }
    stream(const stream&) = delete;
    stream& operator=(const stream&) = delete;

    z_stream z{};
    chunk buffer;
};

deflater::deflater(int level) : stream_(std::make_unique<stream>(level)) {}
deflater::~deflater() = default;
deflater::deflater(deflater&&) noexcept = default;
deflater& deflater::operator=(deflater&&) noexcept = default;

void deflater::deflate_message(std::string_view data, std::string& out) {
    deflateReset(&stream_->z);
    deflate_all(stream_->z, data, Z_SYNC_FLUSH, stream_->buffer, out);
    out.resize(out.size() - message_tail.size());
}

std::string gzip(std::string_view data) {
    return compress_body(data, gzip_window);
}

std::string deflate_zlib(std::string_view data) {
    return compress_body(data, zlib_window);
}

} // namespace sockeye::engineio
