// Whatever stands in a query or a header that we interpret: what is read from a query is UTF-8 and
// the same by name as in the list, and what we answer can be written as headers.
#include "codec/content_coding.hpp"
#include "codec/cors.hpp"
#include "codec/http_chars.hpp"
#include "codec/http_response_writer.hpp"
#include "codec/utf8.hpp"

#include <cstdlib>
#include <string>

using namespace sockeye::engineio;

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

void check_query(std::string_view query) {
    const auto pairs = parse_query(query);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        require(is_valid_utf8(pairs[i].first) && is_valid_utf8(pairs[i].second));
        require(query_value(query, pairs[i].first) == pairs[i].second);
        require(i == 0 || pairs[i].first != pairs[i - 1].first);
    }
}

// A choice does not depend on case, and says of a coding only what the list says.
void check_coding(std::string_view header) {
    static constexpr content_coding offered[] = {content_coding::brotli, content_coding::gzip,
                                                 content_coding::deflate};
    const auto choice = choose_coding(header, offered);
    std::string lower(header);
    for (char& c : lower)
        c = detail::to_lower(c);
    require(choose_coding(lower, offered) == choice);
    require(choice == content_coding::identity || lower.find('*') != std::string::npos ||
            lower.find(name(choice)) != std::string::npos);
}

void check_cors(std::string_view origin, std::string_view wanted) {
    const http_field fields[] = {{"Origin", origin}, {"Access-Control-Request-Headers", wanted}};
    const http_request request("OPTIONS", "/", 11, fields);
    cors_options options;
    options.origin = reflect_origin{};
    http_response response{.status = 204, .headers = {}, .body = {}};
    append_cors_headers(options, request, response.headers);
    std::string out;
    append_response(out, response, true, false, "now");
    require(out.find("\r\n\r\n") == out.size() - 4);
    require(out.find('\0') == std::string::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto line = text.substr(0, text.find('\n'));
    check_query(text);
    check_coding(text);
    check_cors(line, text.substr(line.size()));
    return 0;
}
