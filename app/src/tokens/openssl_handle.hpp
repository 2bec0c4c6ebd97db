#pragma once

#include <memory>

namespace sockeye::app {

template<auto Free>
struct free_with {
    void operator()(auto* handle) const { Free(handle); }
};

/// `openssl_handle<BIGNUM, BN_free>`
template<class T, auto Free>
using openssl_handle = std::unique_ptr<T, free_with<Free>>;

/// OpenSSL takes binary as bytes of this type.
inline const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

} // namespace sockeye::app
