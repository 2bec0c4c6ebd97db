#include "codec/session_id.hpp"

#include "codec/base64.hpp"

#include <algorithm>
#include <cstdint>

namespace sockeye::engineio {
namespace {

// FNV-1a leaves the last characters weak in the upper bits; the mix (a multiply between two
// xor-shifts) lets every bit of the hash depend on every character before the modulo is taken.
std::uint64_t stable_hash(std::string_view text) {
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char c : text)
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
    hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdU;
    return hash ^ (hash >> 33);
}

char turned(char c, unsigned steps) {
    return base64url_alphabet[(base64url_alphabet.find(c) + steps) % base64url_alphabet.size()];
}

} // namespace

unsigned home_shard(std::string_view sid, unsigned shards) {
    return shards < 2 ? 0 : static_cast<unsigned>(stable_hash(sid) % shards);
}

std::string make_session_id(std::span<const unsigned char, 16> random, unsigned shard,
                            unsigned shards) {
    std::string drawn;
    base64url_encode(drawn, {reinterpret_cast<const char*>(random.data()), random.size()});
    drawn.resize(session_id_length);
    // Turns the last character, then the two before it each time it has come round, like the
    // wheels of a counter that starts where chance left it. The wheels have 2^18 positions: with
    // up to 4096 shards the chance that none of them fits is about e^-64.
    std::string id = drawn;
    for (unsigned turns = 1; turns < 64 * 64 * 64 && home_shard(id, shards) != shard; ++turns) {
        id[19] = turned(drawn[19], turns);
        id[18] = turned(drawn[18], turns / 64);
        id[17] = turned(drawn[17], turns / (64 * 64));
    }
    return id;
}

std::string redacted(std::string_view sid) {
    // A custom id may be short: never more than a third of it.
    std::string shown(sid.substr(0, std::min<std::size_t>(6, sid.size() / 3)));
    std::replace_if(
        shown.begin(), shown.end(), [](char c) { return c < 0x20 || c > 0x7e; }, '?');
    return shown + "\u2026";
}

} // namespace sockeye::engineio
