#include "codec/stream_entries.hpp"

#include <cstdint>

namespace sockeye::adapter_redis {

namespace {

std::optional<stream_entry> read_entry(const reply& from) {
    if (from.items.size() != 2) return std::nullopt;
    const auto id = parse_stream_id(from.items[0].text);
    const auto& words = from.items[1].items;
    if (!id || words.size() % 2 != 0) return std::nullopt;
    stream_entry entry{*id, {}};
    for (std::size_t i = 0; i < words.size(); i += 2)
        entry.fields.emplace_back(words[i].text, words[i + 1].text);
    return entry;
}

/// JavaScript's strings are of UTF-16 code units: two for what takes four bytes in UTF-8.
template<class Visit>
void for_each_code_unit(std::string_view text, Visit visit) {
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
        std::uint32_t point = length == 1 ? lead : lead & (0x7fU >> length);
        for (std::size_t k = 1; k < length && i + k < text.size(); ++k)
            point = point << 6 | (static_cast<unsigned char>(text[i + k]) & 0x3fU);
        i += length;
        if (point < 0x10000) {
            visit(point);
        } else {
            visit(0xd800 + ((point - 0x10000) >> 10));
            visit(0xdc00 + ((point - 0x10000) & 0x3ff));
        }
    }
}

/// As Node's adapter does: a signed number of 32 bits.
std::int32_t hash(std::string_view nsp) {
    std::uint32_t sum = 0;
    for_each_code_unit(nsp, [&](std::uint32_t unit) { sum = sum * 31 + unit; });
    return static_cast<std::int32_t>(sum);
}

} // namespace

std::optional<std::vector<stream_entry>> read_entries(const reply& answer) {
    if (answer.kind != reply_kind::array) return std::nullopt;
    std::vector<stream_entry> entries;
    for (const reply& item : answer.items) {
        auto entry = read_entry(item);
        if (!entry) return std::nullopt;
        entries.push_back(*std::move(entry));
    }
    return entries;
}

std::optional<std::vector<stream_entry>> read_news(const reply& answer) {
    if (answer.kind == reply_kind::nil) return std::vector<stream_entry>();
    if (answer.items.size() != 1 || answer.items[0].items.size() != 2) return std::nullopt;
    return read_entries(answer.items[0].items[1]);
}

std::string stream_name(std::string_view base, std::size_t count, std::string_view nsp) {
    if (count <= 1) return std::string(base);
    const auto index = static_cast<std::int64_t>(hash(nsp)) % static_cast<std::int64_t>(count);
    return std::string(base) + "-" + std::to_string(index);
}

} // namespace sockeye::adapter_redis
