#include "config/config_text.hpp"

#include "codec/json.hpp"
#include "config/settings.hpp"

namespace sockeye::app {

namespace {

constexpr std::string_view introduction =
    "sockeye-server: a realtime backend for Socket.IO clients\n"
    "\n"
    "Settings come from flags, then environment variables, then a file in TOML, then the "
    "defaults.\n"
    "Times are written 250ms, 5s, 2m or 1h; sizes 65536, 64KB (64000) or 64KiB (65536). A list "
    "has\n"
    "commas in flags and variables, and is an array in the file. On SIGHUP the file is read\n"
    "again: settings with a * change at once, the others with a restart.\n"
    "\n"
    "  --config FILE       the file (or SOCKEYE_CONFIG)\n"
    "  --check-config      say whether the settings can be used, and end\n"
    "  --print-config      show them, without secrets, and end\n"
    "  --version           show the version, and end\n"
    "  --help              show this, and end\n";

std::string_view placeholder(value_form form) {
    switch (form) {
    case value_form::number:
        return " N";
    case value_form::size:
        return " SIZE";
    case value_form::duration:
        return " TIME";
    case value_form::truth:
        return "[=true|false]";
    case value_form::list:
        return " A,B,…";
    default:
        return " TEXT";
    }
}

std::string help_entry(const setting& one) {
    const std::string preset = one.get({});
    return "  " + one.flag() + std::string(placeholder(one.form)) + (one.at_run_time ? " *" : "") +
           "\n      " + one.help + "\n      expected: " + one.expected + "\n      " +
           (preset.empty() ? "" : "default " + preset + "; ") + "variable " + one.variable() +
           "; in the file " + one.name + "\n";
}

std::string quoted(std::string_view text) {
    std::string made;
    socketio::append_json_string(made,
                                 text); // the same in TOML, of texts without control characters
    return made;
}

/// An array of what commas separate.
std::string array_of(std::string_view text) {
    std::string made = "[";
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        made += (made.size() > 1 ? ", " : "") + quoted(text.substr(0, comma));
        text.remove_prefix(comma == text.npos ? text.size() : comma + 1);
    }
    return made + "]";
}

/// A password may be before the '@', or among the parameters; of an address in any other form than
/// the usual one, nothing is sure.
std::string without_credentials(const std::string& address) {
    const std::size_t scheme_end = address.find("://");
    const std::size_t at = address.find('@');
    if (scheme_end == address.npos) return "***";
    const std::string scheme = address.substr(0, scheme_end + 3);
    if (address.find('?') != address.npos || address.rfind('@') != at) return scheme + "***";
    return at == address.npos ? address : scheme + "***" + address.substr(at);
}

std::string toml_value(const setting& one, const std::string& text) {
    if (one.shown == secrecy::address && !text.empty()) return quoted(without_credentials(text));
    switch (one.form) {
    case value_form::number:
    case value_form::truth:
        return text;
    case value_form::list:
        return array_of(text);
    default:
        return quoted(text);
    }
}

} // namespace

std::string help_text() {
    std::string text(introduction);
    std::string_view group;
    for (const setting& one : settings()) {
        if (one.group != group) text += "\n" + std::string(one.group) + ":\n";
        group = one.group;
        text += help_entry(one);
    }
    return text;
}

std::string config_text(const server_config& config, const config_places& places) {
    std::string text;
    for (const setting& one : settings()) {
        const std::string value = one.get(config);
        const auto place = places.find(one.name);
        const bool hidden = one.shown == secrecy::secret && !value.empty();
        text += (hidden ? "# " : "") + one.name + " = " +
                (hidden ? "(not shown)" : toml_value(one, value)) +
                (place == places.end() ? "" : " # " + place->second) + "\n";
    }
    return text;
}

} // namespace sockeye::app
