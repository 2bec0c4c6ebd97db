#include "event_log/postgres_array.hpp"

namespace sockeye::app {

void postgres_array::add(std::string_view text) {
    std::string& out = element();
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

std::string postgres_array::take() {
    text_ += '}';
    return std::move(text_);
}

std::string& postgres_array::element() {
    if (text_.size() > 1) text_ += ',';
    return text_;
}

} // namespace sockeye::app
