#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sockeye::engineio {

enum class content_coding : std::uint8_t { identity, gzip, deflate, brotli };

// As Content-Encoding and Accept-Encoding spell it.
std::string_view name(content_coding coding);

// The coding the client likes best of those offered (RFC 9110 §12.5.3): among equals the one it
// names first, and where it names none the one offered first.
content_coding choose_coding(std::string_view accept_encoding,
                             std::span<const content_coding> offered);

std::string encode(content_coding coding, std::string_view body);

} // namespace sockeye::engineio
