#include "codec/http_chars.hpp"

#include <sockeye/engineio/http.hpp>

#include <algorithm>
#include <limits>

namespace sockeye::engineio {

namespace {

static_assert(http_request::max_bytes == std::numeric_limits<std::uint16_t>::max());

// Where the path of a target begins. Of an absolute form (RFC 9112 §3.2.2) only the path counts:
// the authority has been answered by whoever routed the request here.
std::size_t find_path(std::string_view target) {
    if (target.starts_with('/')) return 0;
    const auto before_query = target.substr(0, target.find('?'));
    const auto scheme_end = before_query.find("://");
    if (scheme_end == std::string_view::npos) return 0;
    return std::min(before_query.find('/', scheme_end + 3), before_query.size());
}

} // namespace

http_request::http_request(std::string_view method, std::string_view target, unsigned version,
                           std::span<const http_field> fields)
    : version_(static_cast<std::uint8_t>(version)) {
    std::size_t size = method.size() + target.size();
    for (const auto& [name, value] : fields)
        size += name.size() + value.size();
    bytes_.reserve(std::min(size, max_bytes));
    ends_.reserve(2 + 2 * fields.size());
    append(method);
    append(target);
    for (const auto& [name, value] : fields) {
        if (bytes_.size() + name.size() + value.size() > max_bytes) break;
        append(name);
        append(value);
    }
    const auto stored = this->target();
    path_begin_ = static_cast<std::uint16_t>(find_path(stored));
    path_end_ = static_cast<std::uint16_t>(std::min(stored.find('?'), stored.size()));
}

std::string_view http_request::path() const {
    return target().substr(path_begin_, path_end_ - path_begin_);
}

std::string_view http_request::query() const {
    const auto whole = target();
    return whole.substr(std::min<std::size_t>(path_end_ + 1, whole.size()));
}

http_field http_request::field(std::size_t index) const {
    return {.name = text(2 + 2 * index), .value = text(3 + 2 * index)};
}

std::string_view http_request::header(std::string_view name) const {
    const auto index = find(name);
    return index ? field(*index).value : std::string_view();
}

bool http_request::has_header(std::string_view name) const {
    return find(name).has_value();
}

std::string_view http_request::text(std::size_t index) const {
    if (index >= ends_.size()) return {};
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return std::string_view(bytes_).substr(begin, ends_[index] - begin);
}

std::optional<std::size_t> http_request::find(std::string_view name) const {
    for (std::size_t index = 0; index < field_count(); ++index)
        if (equals_ignoring_case(field(index).name, name)) return index;
    return std::nullopt;
}

void http_request::append(std::string_view text) {
    bytes_ += text.substr(0, max_bytes - bytes_.size());
    ends_.push_back(static_cast<std::uint16_t>(bytes_.size()));
}

} // namespace sockeye::engineio
