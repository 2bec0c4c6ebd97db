#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// The client's side of the two wire forms, as strict as a benchmark needs: what it does not expect
// of a server is reported, not worked around.
namespace sockeye::bench {

// RFC 6455 §5.1: what a client sends is masked. The masks vary, so that no server gains by a zero.
void append_masked_frame(std::string& to, char opcode, std::string_view payload);

struct server_frame {
    std::uint8_t first = 0; // FIN, reserved bits, opcode
    bool masked = false;
    std::string_view payload;
    std::size_t size = 0; // on the wire
};

std::optional<server_frame> parse_frame(std::string_view bytes); // none: not whole yet

struct http_answer {
    std::string_view head; // status line and headers, with the last header's line end
    int status = 0;
    std::string_view body;
    std::size_t size = 0; // on the wire
    bool framed = true;   // has a Content-Length, or needs none
};

std::optional<http_answer> parse_answer(std::string_view bytes); // none: not whole yet

// Empty if there is none.
std::string_view find_header(std::string_view head, std::string_view name);

// The value of a string member of a flat JSON object, such as "sid" of an open packet.
std::string_view find_json_string(std::string_view json, std::string_view name);
// A whole number of such an object; none: it is not there.
std::optional<std::int64_t> find_json_number(std::string_view json, std::string_view name);

} // namespace sockeye::bench
