#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace sockeye::engineio {

/// Whether `text` is well-formed UTF-8 (RFC 3629 §4): no overlong form, no surrogate, nothing above
/// U+10FFFF. Noncharacters such as U+FFFE are fine.
bool is_valid_utf8(std::string_view text);

/// How many UTF-16 code units `utf8` has, that is JavaScript's `length`. Of invalid text the answer
/// is some number not above its size.
std::size_t utf16_length(std::string_view utf8);

/// How many bytes of `utf8` make up its first `units` UTF-16 code units; nothing if it has fewer or
/// a character lies across the cut. Of invalid text the answer is some number not above its size.
std::optional<std::size_t> utf16_prefix(std::string_view utf8, std::size_t units);

} // namespace sockeye::engineio
