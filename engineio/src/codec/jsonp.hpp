#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sockeye::engineio {

/// The script that answers a JSONP poll: ___eio[7]("<payload as a JSON string>");
/// `index` is the client's `j`, of which only the digits are used: it lands in a script.
std::string jsonp_wrap(std::string_view index, std::string_view payload);

/// The payload in a JSONP post, whose body is the urlencoded form d=<payload>. Nothing unless the
/// form has exactly one field d.
std::optional<std::string> jsonp_body(std::string_view form_body);

} // namespace sockeye::engineio
