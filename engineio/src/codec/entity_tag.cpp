#include "codec/entity_tag.hpp"

#include "codec/http_chars.hpp"

namespace sockeye::engineio {
namespace {

// Takes `"…"` or `W/"…"` from the front, without the W/; empty if there is none.
std::string_view take_tag(std::string_view& list) {
    if (list.starts_with("W/")) list.remove_prefix(2);
    if (!list.starts_with('"')) return {};
    const auto end = list.find('"', 1); // a quote cannot be escaped
    if (end == std::string_view::npos) return {};
    const auto tag = list.substr(0, end + 1);
    list = trim(list.substr(end + 1));
    return tag;
}

} // namespace

bool matches_tag(std::string_view if_none_match, std::string_view tag) {
    std::string_view list = trim(if_none_match);
    if (list == "*") return true;
    while (!list.empty()) {
        const auto taken = take_tag(list);
        if (taken.empty()) return false;
        if (taken == tag) return true;
        if (!list.starts_with(',')) return false;
        list = trim(list.substr(1));
    }
    return false;
}

} // namespace sockeye::engineio
