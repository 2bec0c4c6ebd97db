// Invariant: no header field harms the handshake, and every answer is well-formed: a header that we
// send consists of what we know, and a sub-protocol that we echo is a token out of the offer.
#include "codec/websocket_handshake.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace sockeye::engineio;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// The fields, separated by line feeds; missing ones are empty.
std::string_view next_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

bool is_token(std::string_view text) {
    return std::ranges::none_of(text, [](unsigned char c) { return c <= ' ' || c >= 0x7f; }) &&
           text.find_first_of("\"(),/:;<=>?@[\\]{}") == std::string_view::npos;
}

void check_extensions(std::string_view extensions) {
    constexpr std::string_view base =
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    const auto result = negotiate_deflate(extensions);
    const auto offered = extensions.find("permessage-deflate") != std::string_view::npos;
    if (result.outcome == deflate_outcome::accepted) {
        require(offered && result.header.starts_with(base));
        const auto rest = std::string_view(result.header).substr(base.size());
        require(rest.empty() || rest == "; server_max_window_bits=15");
    } else {
        require(result.header.empty());
    }
}

void check_protocols(std::string_view protocols) {
    const auto first = first_protocol(protocols);
    require(is_token(first) && protocols.find(first) != std::string_view::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    websocket_request request;
    for (auto field :
         {&websocket_request::extensions, &websocket_request::protocols, &websocket_request::key,
          &websocket_request::version, &websocket_request::connection, &websocket_request::upgrade,
          &websocket_request::method})
        request.*field = next_line(text);
    request.http_1_1 = text.empty();

    check_extensions(request.extensions);
    check_protocols(request.protocols);
    require(accept_key(request.key).size() == 28);

    const auto with_deflate = check_handshake(request, true);
    const auto without = check_handshake(request, false);
    require(without == with_deflate || with_deflate == handshake_error::invalid_extensions);
    if (with_deflate) require(!error_text(*with_deflate).empty());
    if (!without) require(asks_for_upgrade(request.upgrade, request.connection));
    return 0;
}
