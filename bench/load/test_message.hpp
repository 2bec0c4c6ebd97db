#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sockeye::bench {

constexpr std::size_t least_message_size = 16;

// Writes message `sequence` of client `client` over `to`. It can be made again from its two numbers
// and no two of a run are alike, so comparing an echo with the message that is due finds whatever
// was lost, doubled, reordered, altered or sent to the wrong client.
void make_test_message(std::string& to, std::uint32_t client, std::uint64_t sequence,
                       std::size_t size);

// Whose message it says it is; a number that no client has if it is none.
std::uint32_t sender_of(std::string_view message);

} // namespace sockeye::bench
