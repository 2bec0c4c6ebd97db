#pragma once

#include <cstddef>

namespace sockeye::engineio {

/// Memory for packets, most of which are small. A turn of the loop may have a thousand of them, all
/// gone when it is over: more than malloc keeps at hand for a thread, so that it would join them to
/// larger pieces, give these back to the system, and ask for them anew in the next turn.
void* take_packet_memory(std::size_t size);
/// On any thread.
void give_packet_memory(void* memory, std::size_t size);

} // namespace sockeye::engineio
