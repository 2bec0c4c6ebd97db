#pragma once

#include <string_view>

namespace sockeye::engineio {

// Whether If-None-Match names `tag`, which includes its quotes. Weakly compared, as that field
// demands (RFC 9110 §13.1.2): W/"1" is "1". What is no list of tags matches nothing.
bool matches_tag(std::string_view if_none_match, std::string_view tag);

} // namespace sockeye::engineio
