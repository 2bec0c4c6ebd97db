#include "codec/content_coding.hpp"

#include "codec/http_chars.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace sockeye::engineio {

namespace {

// One member of the list, as far as it speaks of a coding of ours.
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

} // namespace

content_coding choose_coding(std::string_view accept_encoding) {
    preference gzip;
    preference deflate;
    for (std::size_t position = 0; !accept_encoding.empty(); ++position) {
        const auto member = accept_encoding.substr(0, accept_encoding.find(','));
        accept_encoding.remove_prefix(std::min(member.size() + 1, accept_encoding.size()));
        const auto name = member.substr(0, member.find(';'));
        const auto quality = find_quality(member.substr(name.size()));
        const auto coding = trim(name);
        const preference named{quality, coding != "*", position};
        if (coding == "*" || equals_ignoring_case(coding, "gzip")) strengthen(gzip, named);
        if (coding == "*" || equals_ignoring_case(coding, "deflate")) strengthen(deflate, named);
    }
    if (gzip.quality == 0 && deflate.quality == 0) return content_coding::identity;
    return is_better(deflate, gzip) ? content_coding::deflate : content_coding::gzip;
}

} // namespace sockeye::engineio
