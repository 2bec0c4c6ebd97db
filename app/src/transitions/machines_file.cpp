#include "transitions/machines_file.hpp"

#include "codec/json.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace sockeye::app {

namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw std::invalid_argument("'" + path + "': " + why);
}

std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) refuse(path, "cannot be read");
    return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace

std::vector<state_machine> read_machines_file(const std::string& path) {
    socketio::value content;
    if (!socketio::parse_json(content_of(path), {}, content)) refuse(path, "is not JSON");
    const auto* items = content.get_if<socketio::array>();
    if (!items) refuse(path, "expected an array of state machines");
    std::vector<state_machine> machines;
    for (const socketio::value& item : *items) {
        try {
            machines.push_back(read_machine(item));
        } catch (const std::invalid_argument& error) {
            refuse(path, "machine " + std::to_string(machines.size() + 1) + ": " + error.what());
        }
        if (std::ranges::count(machines, machines.back().name, &state_machine::name) > 1)
            refuse(path, "there are two machines '" + machines.back().name + "'");
    }
    return machines;
}

} // namespace sockeye::app
