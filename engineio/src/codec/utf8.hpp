#pragma once

#include <cstddef>
#include <string_view>

namespace sockeye::engineio {

/// Whether `text` is well-formed UTF-8 (RFC 3629 §4): no overlong form, no surrogate, nothing above
/// U+10FFFF. Noncharacters such as U+FFFE are fine.
bool is_valid_utf8(std::string_view text);

/// How many UTF-16 code units `utf8` has, that is JavaScript's `length`. Of invalid text the answer
/// is some number not above its size.
std::size_t utf16_length(std::string_view utf8);

} // namespace sockeye::engineio
