#pragma once

#include <sockeye/engineio/http.hpp>

#include <ctime>
#include <string>
#include <string_view>

namespace sockeye::engineio {

// "Not Found" for 404; "Unknown" for a status without a registered phrase.
std::string_view reason_phrase(unsigned status);

// Whether a field can be written without changing the meaning of what follows it.
bool is_valid_header(std::string_view name, std::string_view value);

// Appends a whole response. The writer frames the message itself, so of the headers given it
// leaves out Transfer-Encoding, Date, Connection and Content-Length (these pass where it writes
// none: any in 1xx, Content-Length in 204 and 304), and those that are not valid.
void append_response(std::string& out, const http_response& response, bool keep_alive,
                     bool http_1_0, std::string_view date, bool head_request = false);

// The fixed form of RFC 9110 §5.6.7, "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(std::time_t time);

} // namespace sockeye::engineio
