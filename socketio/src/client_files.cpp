#include "client_files.hpp"

#include "codec/json.hpp"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>

namespace sockeye::socketio {
namespace {

// Those that the reference serves, each with its source map.
constexpr std::string_view bundles[] = {"socket.io.js", "socket.io.min.js", "socket.io.esm.min.js",
                                        "socket.io.msgpack.min.js"};

std::string read_file(const std::filesystem::path& path, std::error_code& failed) {
    const auto size = std::filesystem::file_size(path, failed);
    if (failed) return {};
    std::string content(size, '\0');
    std::ifstream file(path, std::ios::binary);
    if (!file.read(content.data(), static_cast<std::streamsize>(size)))
        failed.assign(errno, std::generic_category());
    return content;
}

std::string read_client_file(const std::filesystem::path& path) {
    std::error_code failed;
    std::string content = read_file(path, failed);
    if (failed)
        throw std::system_error(failed, "sockeye: cannot read " + path.string() +
                                            ": client_files must name the folder dist of npm's "
                                            "socket.io-client, or be left empty");
    return content;
}

bool is_version(std::string_view text) {
    return std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               c == '.' || c == '-' || c == '+';
    });
}

// Empty where the folder is not that of an npm package.
std::string package_version(const std::filesystem::path& dist) {
    std::error_code failed;
    value package;
    if (!parse_json(read_file(dist / ".." / "package.json", failed), {}, package)) return {};
    const value* const version = package.find("version");
    if (!version || !version->is_string() || !is_version(version->as_string())) return {};
    return version->as_string();
}

} // namespace

std::vector<client_file> read_client_files(const std::optional<std::filesystem::path>& dist) {
    if (!dist) return {};
    std::vector<client_file> files;
    const std::string version = package_version(*dist);
    const auto add = [&](const std::string& name, const char* type) {
        files.push_back({name, {read_client_file(*dist / name), type, version}});
    };
    for (const std::string_view bundle : bundles) {
        add(std::string(bundle), "application/javascript; charset=utf-8");
        add(std::string(bundle) + ".map", "application/json; charset=utf-8");
    }
    return files;
}

} // namespace sockeye::socketio
