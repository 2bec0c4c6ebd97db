#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::engineio {

struct http_field {
    std::string_view name;
    std::string_view value;
};

// An immutable request head.
//
// A session keeps the head of its first request for life, as its handshake, so the texts lie end
// to end in one string and 16-bit offsets tell them apart: two exact allocations whatever the
// number of fields. Heads are therefore limited to 64 KiB, which the parser sees to.
class http_request {
public:
    static constexpr std::size_t max_bytes = 0xFFFF;

    http_request() = default;

    // Texts beyond `max_bytes` in all do not fit: fields that would pass it are left out.
    http_request(std::string_view method, std::string_view target, unsigned version,
                 std::span<const http_field> fields);

    std::string_view method() const { return text(0); }
    std::string_view target() const { return text(1); } // as received

    // The target up to its first '?', without the scheme and authority of an absolute form.
    std::string_view path() const;
    std::string_view query() const; // the target after its first '?'

    unsigned version() const { return version_; } // 10 or 11

    std::size_t field_count() const { return ends_.size() < 2 ? 0 : (ends_.size() - 2) / 2; }
    http_field field(std::size_t index) const; // in order of arrival

    // The first value under that name (case does not matter), empty if there is none.
    std::string_view header(std::string_view name) const;
    bool has_header(std::string_view name) const;

private:
    std::string_view text(std::size_t index) const;
    std::optional<std::size_t> find(std::string_view name) const;
    void append(std::string_view text);

    std::string bytes_;               // method, target, then name and value of each field
    std::vector<std::uint16_t> ends_; // where each of those texts ends in bytes_
    std::uint16_t path_begin_ = 0;    // within the target
    std::uint16_t path_end_ = 0;      // within the target: its '?' or its end
    std::uint8_t version_ = 11;
};

struct http_response {
    unsigned status = 200;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
};

// What a server serves from memory. The version becomes its ETag; without one, a hash of the
// content does.
struct static_file {
    std::string content;
    std::string content_type;
    std::string version = {};
};

// The value of `name` in a query string, decoded as WHATWG application/x-www-form-urlencoded.
// Of several values under one name the last wins; an escaped name is the same name.
std::optional<std::string> query_value(std::string_view query, std::string_view name);

// All names and values of a query string: in order of first appearance, each with its last value.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

} // namespace sockeye::engineio
