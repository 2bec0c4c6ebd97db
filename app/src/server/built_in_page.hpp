#pragma once

#include <string_view>
#include <vector>

namespace sockeye::app {

struct built_in_file {
    std::string_view path; // within the page's folder
    std::string_view content;
};

/// The files of examples/js-client as they were when the program was built.
const std::vector<built_in_file>& built_in_page();

} // namespace sockeye::app
