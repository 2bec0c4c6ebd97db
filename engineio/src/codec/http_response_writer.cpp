#include "codec/http_response_writer.hpp"

#include "codec/http_chars.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace sockeye::engineio {

namespace {

struct phrase {
    unsigned status;
    std::string_view text;
};

constexpr phrase phrases[] = {
    {100, "Continue"},
    {101, "Switching Protocols"},
    {102, "Processing"},
    {103, "Early Hints"},
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {208, "Already Reported"},
    {226, "IM Used"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Payload Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Entity"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {508, "Loop Detected"},
    {510, "Not Extended"},
    {511, "Network Authentication Required"},
};
static_assert(std::ranges::is_sorted(phrases, {}, &phrase::status));

void append_number(std::string& out, std::size_t number) {
    std::array<char, 20> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    out.append(digits.data(), end);
}

void append_padded(std::string& out, unsigned number) {
    if (number < 10) out += '0';
    append_number(out, number);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
    out += name;
    out += ": ";
    out += value;
    out += "\r\n";
}

// Statuses whose responses end with the head (RFC 9112 §6.3).
bool is_informational(unsigned status) {
    return status < 200;
}
bool is_without_body(unsigned status) {
    return is_informational(status) || status == 204 || status == 304;
}

// Whether the writer itself says this, so that a second voice could contradict it.
bool is_own_field(std::string_view name, unsigned status) {
    if (equals_ignoring_case(name, "Transfer-Encoding")) return true;
    if (equals_ignoring_case(name, "Content-Length")) return !is_without_body(status);
    if (is_informational(status)) return false;
    return equals_ignoring_case(name, "Connection") || equals_ignoring_case(name, "Date");
}

void append_own_fields(std::string& out, const http_response& response, bool keep_alive,
                       bool http_1_0, std::string_view date) {
    if (!is_without_body(response.status)) {
        out += "Content-Length: ";
        append_number(out, response.body.size());
        out += "\r\n";
    }
    if (is_informational(response.status)) return;
    append_field(out, "Date", date);
    if (!keep_alive)
        append_field(out, "Connection", "close");
    else if (http_1_0)
        append_field(out, "Connection", "keep-alive");
}

} // namespace

std::string_view reason_phrase(unsigned status) {
    const auto found = std::ranges::lower_bound(phrases, status, {}, &phrase::status);
    return found != std::end(phrases) && found->status == status ? found->text : "Unknown";
}

bool is_valid_header(std::string_view name, std::string_view value) {
    return !name.empty() && consists_of(name, token_char) && consists_of(value, value_char);
}

void append_response(std::string& out, const http_response& response, bool keep_alive,
                     bool http_1_0, std::string_view date, bool head_request) {
    out += "HTTP/1.1 ";
    append_number(out, response.status);
    out += ' ';
    out += reason_phrase(response.status);
    out += "\r\n";
    for (const auto& [name, value] : response.headers)
        if (is_valid_header(name, value) && !is_own_field(name, response.status))
            append_field(out, name, value);
    append_own_fields(out, response, keep_alive, http_1_0, date);
    out += "\r\n";
    if (!head_request && !is_without_body(response.status)) out += response.body;
}

std::string http_date(std::time_t time) {
    // Not strftime: its names follow the locale.
    using namespace std::chrono;
    static constexpr std::string_view days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::string_view months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const sys_seconds moment{std::chrono::seconds(time)};
    const auto day = floor<std::chrono::days>(moment);
    const year_month_day date(day);
    const hh_mm_ss clock(moment - day);
    std::string text(days[weekday(day).c_encoding()]);
    text += ", ";
    append_padded(text, static_cast<unsigned>(date.day()));
    text += ' ';
    text += months[static_cast<unsigned>(date.month()) - 1];
    text += ' ';
    text += std::to_string(static_cast<int>(date.year()));
    text += ' ';
    append_padded(text, static_cast<unsigned>(clock.hours().count()));
    text += ':';
    append_padded(text, static_cast<unsigned>(clock.minutes().count()));
    text += ':';
    append_padded(text, static_cast<unsigned>(clock.seconds().count()));
    text += " GMT";
    return text;
}

} // namespace sockeye::engineio
