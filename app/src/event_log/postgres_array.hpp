#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sockeye::app {

/// An array as PostgreSQL reads it: {"one","t\"wo",NULL,3}.
class postgres_array {
public:
    void add(std::string_view text);
    void add(std::int64_t number) { element() += std::to_string(number); }
    void add_null() { element() += "NULL"; }

    /// Ends it.
    [[nodiscard]] std::string take();

private:
    std::string& element();

    std::string text_ = "{";
};

} // namespace sockeye::app
