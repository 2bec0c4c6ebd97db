#include "codec/content_coding.hpp"

#include "codec/deflate.hpp"
#include "codec/http_chars.hpp"

#include <algorithm>
#include <brotli/encode.h>
#include <new>
#include <tuple>

namespace sockeye::engineio {

namespace {

// What the list says of one coding.
struct preference {
    unsigned quality = 0; // in thousandths; 0: not acceptable
    bool by_name = false; // and not by `*`
    std::size_t position = 0;
};

// "0.5" → 500. Further digits count for nothing, and what is no weight is a refusal.
unsigned parse_quality(std::string_view text) {
    if (text.empty() || !is_digit(text.front())) return 0;
    if (text.front() != '0') return 1000;
    unsigned quality = 0;
    unsigned digit_value = 100;
    if (text.size() > 1 && text[1] == '.') {
        for (std::size_t i = 2; i < text.size() && is_digit(text[i]); ++i, digit_value /= 10)
            quality += static_cast<unsigned>(text[i] - '0') * digit_value;
    }
    return quality;
}

// The weight among the parameters behind a coding: `;q=0.5`, 1000 if there is none.
unsigned find_quality(std::string_view parameters) {
    while (!parameters.empty()) {
        const auto parameter = parameters.substr(0, parameters.find(';'));
        parameters.remove_prefix(std::min(parameter.size() + 1, parameters.size()));
        const auto equals = parameter.find('=');
        if (equals == std::string_view::npos) continue;
        if (equals_ignoring_case(trim(parameter.substr(0, equals)), "q"))
            return parse_quality(trim(parameter.substr(equals + 1)));
    }
    return 1000;
}

// A coding may be named twice, and by `*` besides: its name counts more than `*`, then the higher
// weight, and of the same weight the last place, as in the reference.
void strengthen(preference& current, const preference& other) {
    if (std::tie(current.by_name, current.quality) <= std::tie(other.by_name, other.quality))
        current = other;
}

bool is_better(const preference& left, const preference& right) {
    if (left.quality != right.quality) return left.quality > right.quality;
    if (left.by_name != right.by_name) return left.by_name;
    return left.position < right.position;
}

preference find_preference(std::string_view accept_encoding, std::string_view wanted) {
    preference found;
    for (std::size_t position = 0; !accept_encoding.empty(); ++position) {
        const auto member = accept_encoding.substr(0, accept_encoding.find(','));
        accept_encoding.remove_prefix(std::min(member.size() + 1, accept_encoding.size()));
        const auto coding = member.substr(0, member.find(';'));
        const auto quality = find_quality(member.substr(coding.size()));
        const bool any = trim(coding) == "*";
        if (any || equals_ignoring_case(trim(coding), wanted))
            strengthen(found, {quality, !any, position});
    }
    return found;
}

std::string brotli(std::string_view body) {
    // A little smaller than gzip in the same time; above, each step costs several times the last.
    constexpr int quality = 6;
    std::size_t size = BrotliEncoderMaxCompressedSize(body.size());
    std::string out(size, '\0');
    if (BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, body.size(),
                              reinterpret_cast<const std::uint8_t*>(body.data()), &size,
                              reinterpret_cast<std::uint8_t*>(out.data())) != BROTLI_TRUE)
        throw std::bad_alloc();
    out.resize(size);
    out.shrink_to_fit();
    return out;
}

} // namespace

std::string_view name(content_coding coding) {
    switch (coding) {
    case content_coding::identity:
        return "identity";
    case content_coding::gzip:
        return "gzip";
    case content_coding::deflate:
        return "deflate";
    case content_coding::brotli:
        return "br";
    }
    return "";
}

content_coding choose_coding(std::string_view accept_encoding,
                             std::span<const content_coding> offered) {
    auto best = content_coding::identity;
    preference highest;
    for (const content_coding coding : offered) {
        const preference found = find_preference(accept_encoding, name(coding));
        if (found.quality == 0 || !is_better(found, highest)) continue;
        best = coding;
        highest = found;
    }
    return best;
}

std::string encode(content_coding coding, std::string_view body) {
    switch (coding) {
    case content_coding::identity:
        break;
    case content_coding::gzip:
        return gzip(body);
    case content_coding::deflate:
        return deflate_zlib(body);
    case content_coding::brotli:
        return brotli(body);
    }
    return std::string(body);
}

} // namespace sockeye::engineio
