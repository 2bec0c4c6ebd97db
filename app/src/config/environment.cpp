#include "config/environment.hpp"

#include <algorithm>

namespace sockeye::app {

namespace {

config_error unknown_variable(const std::string& name) {
    std::vector<std::string> known{std::string(file_variable)};
    for (const setting& one : settings())
        known.push_back(one.variable());
    return unknown_name("", "variable", name, known);
}

void add(given& to, const std::string& name, const std::string& value) {
    if (name == file_variable) {
        to.config_file = value;
        return;
    }
    const setting* const one = find_setting(&setting::variable, name);
    if (one)
        to.values.push_back({one, value, name});
    else if (name.starts_with(variable_prefix))
        throw unknown_variable(name);
}

} // namespace

given read_environment(const std::vector<std::string>& lines) {
    given made;
    for (const std::string& line : lines) {
        const std::size_t end = line.find('=');
        if (end != line.npos) add(made, line.substr(0, end), line.substr(end + 1));
    }
    return made;
}

} // namespace sockeye::app
