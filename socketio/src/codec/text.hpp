#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sockeye::socketio {

// Text that is not UTF-8 must not reach a client: one that checks would close its connection, for
// something that another client wrote.

inline constexpr std::string_view replacement_character = "\xef\xbf\xbd"; // U+FFFD

struct utf8_sequence {
    std::size_t size;
    bool valid;
};

/// The sequence at the start of `text`, which must not be empty. Of one that is broken, the bytes
/// up to where it broke: JavaScript's decoders make one U+FFFD of these.
utf8_sequence first_utf8_sequence(std::string_view text);

bool is_utf8(std::string_view text);

/// With U+FFFD in place of each broken sequence.
std::string repair_utf8(std::string_view text);

} // namespace sockeye::socketio
