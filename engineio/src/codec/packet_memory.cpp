#include "codec/packet_memory.hpp"

#include <new>

namespace sockeye::engineio {
namespace {

struct block {
    block* next;
};

#ifdef __has_feature // clang's
#define IS_WATCHED_BY_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define IS_WATCHED_BY_ASAN 1
#else
#define IS_WATCHED_BY_ASAN 0
#endif
constexpr bool is_watched = IS_WATCHED_BY_ASAN; // it is to see the end of each packet

constexpr std::size_t block_size = 256;
constexpr std::size_t most_kept = is_watched ? 0 : 4096; // a mebibyte for a thread

// Plain, because packets may end after what has a destructor has ended.
constinit thread_local block* kept = nullptr;
constinit thread_local std::size_t room = most_kept;

struct thread_end {
    void await() {}
    ~thread_end() {
        room = 0;
        for (block* next = kept; next != nullptr;) {
            block* const gone = next;
            next = gone->next;
            ::operator delete(gone);
        }
        kept = nullptr;
    }
};
thread_local thread_end end_of_thread;

} // namespace

void* take_packet_memory(std::size_t size) {
    if (size > block_size) return ::operator new(size);
    block* const taken = kept;
    if (taken == nullptr) return ::operator new(block_size);
    kept = taken->next;
    ++room;
    return taken;
}

void give_packet_memory(void* memory, std::size_t size) {
    end_of_thread.await();
    if (size > block_size || room == 0) return ::operator delete(memory);
    kept = new (memory) block{kept};
    --room;
}

} // namespace sockeye::engineio
