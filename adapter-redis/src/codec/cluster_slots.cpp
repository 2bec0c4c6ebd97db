#include "codec/cluster_slots.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>

#include <charconv>
#include <cstdint>

namespace sockeye::adapter_redis {

namespace {

/// CRC-16 as XMODEM has it.
std::uint16_t crc16(std::string_view bytes) {
    std::uint16_t crc = 0;
    for (const char byte : bytes) {
        crc = static_cast<std::uint16_t>(crc ^ static_cast<unsigned char>(byte) << 8);
        for (int bit = 0; bit < 8; ++bit)
            crc = static_cast<std::uint16_t>((crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1);
    }
    return crc;
}

/// What stands between the first brace that opens and the next that closes, if it is something.
std::optional<std::string_view> hash_tag_of(std::string_view key) {
    const std::size_t open = key.find('{');
    if (open == std::string_view::npos) return std::nullopt;
    const std::size_t close = key.find('}', open);
    if (close == std::string_view::npos || close == open + 1) return std::nullopt;
    return key.substr(open + 1, close - open - 1);
}

bool is_slot(const reply& from) {
    return from.kind == reply_kind::integer && from.integer >= 0 &&
           from.integer < static_cast<std::int64_t>(slot_count);
}

std::optional<slot_range> read_range(const reply& from, const redis_address& asked) {
    const auto& items = from.items;
    if (items.size() < 3 || !is_slot(items[0]) || !is_slot(items[1])) return std::nullopt;
    const auto& master = items[2].items;
    if (master.size() < 2 || master[1].integer <= 0 || master[1].integer > 65535)
        return std::nullopt;
    return slot_range{static_cast<std::size_t>(items[0].integer),
                      static_cast<std::size_t>(items[1].integer),
                      {.host = master[0].text.empty() ? asked.host : master[0].text,
                       .port = static_cast<unsigned short>(master[1].integer)}};
}

} // namespace

bool has_hash_tag(std::string_view key) {
    return hash_tag_of(key).has_value();
}

std::size_t slot_of(std::string_view key) {
    return crc16(hash_tag_of(key).value_or(key)) % slot_count;
}

std::string name_of(const redis_address& address) {
    return address.host + ":" + std::to_string(address.port);
}

std::optional<std::vector<slot_range>> read_slots(const reply& answer, const redis_address& asked) {
    if (answer.kind != reply_kind::array) return std::nullopt;
    std::vector<slot_range> ranges;
    for (const reply& item : answer.items) {
        auto range = read_range(item, asked);
        if (!range) return std::nullopt;
        ranges.push_back(*std::move(range));
    }
    return ranges;
}

std::optional<redirection> read_redirection(const reply& answer, std::string_view asked) {
    std::string_view text = answer.text;
    const bool asking = text.starts_with("ASK ");
    if (!answer.is_error() || !(asking || text.starts_with("MOVED "))) return std::nullopt;
    text.remove_prefix(text.rfind(' ') + 1);
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    redis_address to{.host = std::string(colon == 0 ? asked : text.substr(0, colon))};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, to.port);
    if (error != std::errc() || stop != end) return std::nullopt;
    return redirection{std::move(to), asking};
}

bool says_try_again(const reply& answer) {
    return answer.is_error() && answer.text.starts_with("TRYAGAIN");
}

} // namespace sockeye::adapter_redis
