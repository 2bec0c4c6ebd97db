#pragma once

#include <string_view>

namespace sockeye::engineio {

enum class content_coding { identity, gzip, deflate };

// The coding the client likes best of those we have (RFC 9110 §12.5.3); among equals the one it
// names first.
content_coding choose_coding(std::string_view accept_encoding);

} // namespace sockeye::engineio
