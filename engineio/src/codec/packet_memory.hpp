#pragma once

#include <cstddef>

namespace sockeye::engineio {

/// Memory for packets, most of which are small. A turn of the loop may have a thousand of them, all
/// gone when it is over: more than malloc keeps at hand for a thread, so that it would join them to
/// larger pieces, give these back to the system, and ask for them anew in the next turn.
void* take_packet_memory(std::size_t size);
/// On any thread.
void give_packet_memory(void* memory, std::size_t size);

/// The same for what holds packets until they leave.
template<class T>
struct packet_allocator {
    using value_type = T;

    packet_allocator() = default;
    template<class U>
    packet_allocator(const packet_allocator<U>&) {}
    T* allocate(std::size_t count) {
        return static_cast<T*>(take_packet_memory(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t count) { give_packet_memory(memory, count * sizeof(T)); }
    friend bool operator==(const packet_allocator&, const packet_allocator&) { return true; }
};

} // namespace sockeye::engineio
