#include "io/random_bytes.hpp"

#include "codec/base64.hpp"

#include <sockeye/engineio/random_id.hpp>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <sys/random.h>
#include <system_error>

namespace sockeye::engineio {

std::array<unsigned char, 16> random_bytes::next() {
    std::array<unsigned char, 16> bytes;
    if (used_ + bytes.size() > buffer_.size()) {
        if (::getrandom(buffer_.data(), buffer_.size(), 0) != static_cast<ssize_t>(buffer_.size()))
            throw std::system_error(errno, std::generic_category(), "sockeye: getrandom");
        used_ = 0;
    }
    // What was handed out is wiped, so that a leak of memory tells no id.
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(used_);
    std::copy_n(from, bytes.size(), bytes.begin());
    std::fill_n(from, bytes.size(), static_cast<unsigned char>(0));
    used_ += bytes.size();
    return bytes;
}

std::string random_id() {
    static thread_local random_bytes source;
    const auto bytes = source.next();
    std::string id;
    base64url_encode(id, {reinterpret_cast<const char*>(bytes.data()), 15});
    return id;
}

} // namespace sockeye::engineio
