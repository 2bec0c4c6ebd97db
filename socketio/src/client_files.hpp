#pragma once

#include <sockeye/engineio/http.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace sockeye::socketio {

struct client_file {
    std::string name;
    engineio::static_file file;
};

// The bundles of the browser's client (see server_options::client_files); none without a folder.
// Throws std::system_error where one of them cannot be read.
std::vector<client_file> read_client_files(const std::optional<std::filesystem::path>& dist);

} // namespace sockeye::socketio
