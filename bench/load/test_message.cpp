#include "test_message.hpp"

#include <charconv>

namespace sockeye::bench {
namespace {

constexpr int client_digits = 6;

void append_hex(std::string& to, std::uint64_t value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        to += "0123456789abcdef"[value >> shift & 15];
}

} // namespace

void make_test_message(std::string& to, std::uint32_t client, std::uint64_t sequence,
                       std::size_t size) {
    static constexpr std::string_view filler =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz 0123456789 +-*/=<>()[]{}.,;:!?";
    to.clear();
    append_hex(to, client, client_digits);
    append_hex(to, sequence, 10);
    // Starts elsewhere in each message, so that bytes of another one do not match by chance.
    std::size_t at = (client * 31 + sequence * 7) % filler.size();
    while (to.size() < size) {
        to += filler.substr(at, size - to.size());
        at = 0;
    }
}

std::uint32_t sender_of(std::string_view message) {
    std::uint32_t sender = 0;
    const std::string_view digits = message.substr(0, client_digits);
    const auto [end, error] = std::from_chars(digits.begin(), digits.end(), sender, 16);
    const bool all = error == std::errc{} && end == digits.begin() + client_digits;
    return all ? sender : ~0u;
}

} // namespace sockeye::bench
