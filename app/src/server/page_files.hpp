#pragma once

#include <sockeye/engineio/http.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sockeye::app {

/// The files of the demo page by their paths, read once.
class page_files {
public:
    /// Of a folder, or, without one, those that are built in; throws std::runtime_error.
    explicit page_files(const std::string& folder);

    [[nodiscard]] std::optional<engineio::http_response> find(std::string_view path) const;

private:
    void add(const std::string& path, std::string content);

    std::map<std::string, engineio::http_response, std::less<>> files_;
};

} // namespace sockeye::app
