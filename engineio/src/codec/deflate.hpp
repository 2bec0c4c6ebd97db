#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sockeye::engineio {

/// permessage-deflate (RFC 7692) without context takeover: every message stands alone. Therefore
/// one inflater and one deflater serve all connections of a thread, one after the other, and a
/// compressed frame can be shared by all its recipients.

class inflater {
public:
    enum class status : std::uint8_t { ok, too_big, corrupt };

    inflater();
    ~inflater();
    inflater(inflater&&) noexcept;
    inflater& operator=(inflater&&) noexcept;

    /// Appends the inflated message to `out`. Stops with too_big as soon as more than `max` bytes
    /// have come out; then, and if the message is corrupt, `out` holds a part of it.
    status inflate_message(std::string_view compressed, std::size_t max, std::string& out);

private:
    struct stream;
    std::unique_ptr<stream> stream_;
};

class deflater {
public:
    /// Level 6 makes JSON of 4 to 16 KB a tenth smaller than level 1, in two to three times the
    /// time.
    explicit deflater(int level = 1);
    ~deflater();
    deflater(deflater&&) noexcept;
    deflater& operator=(deflater&&) noexcept;

    /// Appends the payload of a compressed frame (the tail 00 00 ff ff removed, §7.2.1) to `out`.
    void deflate_message(std::string_view data, std::string& out);

private:
    struct stream;
    std::unique_ptr<stream> stream_;
};

/// Bodies for HTTP's Content-Encoding `gzip` and `deflate` (which is zlib's format, RFC 9110
/// §8.4.1).
std::string gzip(std::string_view data);
std::string deflate_zlib(std::string_view data);

} // namespace sockeye::engineio
