// Programs that use sockeye compile quickly, and whatever their own Boost, because no third-party
// header is behind its headers.
#include <sockeye/socketio/server.hpp>

#if defined(BOOST_CONFIG_HPP) || defined(BOOST_VERSION)
#error "server.hpp includes Boost"
#endif
#if defined(RAPIDJSON_RAPIDJSON_H_)
#error "server.hpp includes RapidJSON"
#endif
#if defined(MSGPACK_VERSIONING_HPP)
#error "server.hpp includes msgpack"
#endif
#if defined(OPENSSL_OPENSSLCONF_H) || defined(ZLIB_H)
#error "server.hpp includes OpenSSL or zlib"
#endif
