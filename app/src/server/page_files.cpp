#include "server/page_files.hpp"

#include "server/built_in_page.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sockeye::app {

namespace fs = std::filesystem;

namespace {

std::string type_of(const fs::path& file) {
    static const std::map<std::string, std::string, std::less<>> types = {
        {".html", "text/html; charset=utf-8"},
        {".css", "text/css; charset=utf-8"},
        {".js", "text/javascript; charset=utf-8"},
        {".mjs", "text/javascript; charset=utf-8"},
        {".json", "application/json"},
        {".svg", "image/svg+xml"},
        {".png", "image/png"},
        {".ico", "image/x-icon"},
    };
    const auto found = types.find(file.extension().string());
    return found == types.end() ? "application/octet-stream" : found->second;
}

std::string read(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    return {std::istreambuf_iterator(in), {}};
}

} // namespace

page_files::page_files(const std::string& folder) {
    if (folder.empty()) {
        for (const built_in_file& file : built_in_page())
            add(std::string(file.path), std::string(file.content));
    } else {
        if (!fs::is_directory(folder)) throw std::runtime_error("there is no folder " + folder);
        for (const auto& entry : fs::recursive_directory_iterator(folder))
            if (entry.is_regular_file())
                add(fs::relative(entry.path(), folder).generic_string(), read(entry.path()));
    }
    if (const auto index = files_.find("/index.html"); index != files_.end())
        files_["/"] = index->second;
}

void page_files::add(const std::string& path, std::string content) {
    files_["/" + path] = {.headers = {{"Content-Type", type_of(path)},
                                      {"X-Content-Type-Options", "nosniff"},
                                      {"Cache-Control", "no-cache"}},
                          .body = std::move(content)};
}

std::optional<engineio::http_response> page_files::find(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? std::nullopt : std::optional(found->second);
}

} // namespace sockeye::app
