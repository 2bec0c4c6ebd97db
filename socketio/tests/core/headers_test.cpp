#include "codec/headers.hpp"

#include <doctest/doctest.h>

namespace sockeye::socketio {

TEST_CASE("headers that come more than once are joined as Node does") {
    using pairs = std::vector<std::pair<std::string, std::string>>;
    pairs headers;
    for (const auto& [name, text] : pairs{{"x-forwarded-for", "1.2.3.4"},
                                          {"cookie", "a=1"},
                                          {"host", "first"},
                                          {"set-cookie", "a"},
                                          {"x-forwarded-for", "5.6.7.8"},
                                          {"cookie", "b=2"},
                                          {"host", "second"},
                                          {"set-cookie", "b"}})
        add_header(headers, name, text);
    CHECK(headers == pairs{{"x-forwarded-for", "1.2.3.4, 5.6.7.8"},
                           {"cookie", "a=1; b=2"},
                           {"host", "first"},
                           {"set-cookie", "a"},
                           {"set-cookie", "b"}});
}

} // namespace sockeye::socketio
