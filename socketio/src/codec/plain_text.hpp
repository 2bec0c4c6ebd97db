#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace sockeye::socketio {

namespace detail {

inline bool is_plain(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

#ifdef __SSE2__

constexpr std::ptrdiff_t stride = sizeof(__m128i);

// A bit for each of sixteen characters, which is set for those that are not plain.
inline unsigned marks(const char* at) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)); // signed: those above 0x7f too
    const __m128i escaped = _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                         _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(low, escaped)));
}

inline std::ptrdiff_t first_of(unsigned marks) {
    return std::countr_zero(marks);
}

#else

constexpr std::ptrdiff_t stride = sizeof(std::uint64_t);

constexpr std::uint64_t each(unsigned char of) {
    return 0x0101010101010101U * of;
}

// Not zero if a byte of `bytes` is below `least`, which is 0x80 at most.
constexpr std::uint64_t below(std::uint64_t bytes, unsigned char least) {
    return (bytes - each(least)) & ~bytes & each(0x80);
}

// Not zero if one of eight characters is not plain.
inline std::uint64_t marks(const char* at) {
    std::uint64_t bytes;
    std::memcpy(&bytes, at, stride);
    return (bytes & each(0x80)) | below(bytes, 0x20) | below(bytes ^ each('"'), 1) |
           below(bytes ^ each('\\'), 1);
}

inline std::ptrdiff_t first_of(std::uint64_t) {
    return 0; // not known: they are looked at one by one
}

#endif

} // namespace detail

/// The first character from `at` on that does not stand for itself in a JSON string, or is not
/// ASCII; `end` if there is none. Most strings have none.
inline const char* skip_plain(const char* at, const char* end) {
    for (; end - at >= detail::stride; at += detail::stride) {
        if (const auto found = detail::marks(at)) {
            at += detail::first_of(found);
            break;
        }
    }
    while (at != end && detail::is_plain(*at))
        ++at;
    return at;
}

} // namespace sockeye::socketio
