#include "config/command_line.hpp"
#include "config/config_checks.hpp"
#include "config/config_file.hpp"
#include "config/config_text.hpp"
#include "config/environment.hpp"
#include "one_line.hpp"

#include <algorithm>

namespace sockeye::app {

namespace {

/// Takes on what each source says: what comes later counts.
class config_reader {
public:
    void take(const given& said) {
        config_places here;
        for (const given_value& value : said.values) {
            if (!here.emplace(value.of->name, value.place).second)
                throw config_error(value.place + ": given twice");
            set(value);
        }
        for (auto& [name, place] : here)
            places_[name] = place;
    }

    [[nodiscard]] const server_config& config() const { return config_; }
    [[nodiscard]] const config_places& places() const { return places_; }

private:
    void set(const given_value& value) {
        if (value.of->set(config_, value.text)) return;
        const std::string got =
            value.of->shown == secrecy::open ? "got '" + value.text + "', " : "";
        throw config_error(value.place + ": " + got + "expected " + value.of->expected);
    }

    server_config config_;
    config_places places_;
};

given read_file(const given& flags, const given& environment) {
    if (flags.config_file) return read_config_file(*flags.config_file, file_flag);
    if (environment.config_file) return read_config_file(*environment.config_file, file_variable);
    return {};
}

config_reader read(const given& flags, const std::vector<std::string>& environment) {
    const given variables = read_environment(environment);
    config_reader reader;
    reader.take(read_file(flags, variables));
    reader.take(variables);
    reader.take(flags);
    check_config(reader.config(), reader.places());
    return reader;
}

} // namespace

config_error::config_error(const std::string& text) : std::runtime_error(one_line(text)) {}

config_sources sources_of(int argc, const char* const* argv, const char* const* environment) {
    config_sources made;
    made.arguments.assign(argv + std::min(argc, 1), argv + argc);
    for (; *environment; ++environment)
        made.environment.emplace_back(*environment);
    return made;
}

loaded_config load_config(const config_sources& from) {
    const command_line line = read_command_line(from.arguments);
    // Also where the settings are wrong: one may want to know what is right.
    if (line.asked == question::help) return {.answer = help_text()};
    if (line.asked == question::version) return {.answer = "sockeye-server " SOCKEYE_VERSION "\n"};
    const config_reader reader = read(line.said, from.environment);
    if (line.asked == question::check_config)
        return {.settings = reader.config(), .answer = "the settings can be used\n"};
    if (line.asked == question::print_config)
        return {.settings = reader.config(),
                .answer = config_text(reader.config(), reader.places())};
    return {.settings = reader.config()};
}

reloaded_config reload_config(const server_config& current, const config_sources& from) {
    server_config wanted = load_config(from).settings;
    if (wanted.node_id.empty())
        wanted.node_id = current.node_id; // not told: what was made up stays
    reloaded_config made{.settings = current};
    for (const setting& one : settings()) {
        const std::string value = one.get(wanted);
        if (value == one.get(current)) continue;
        (one.at_run_time ? made.changed : made.need_restart).push_back(one.name);
        if (one.at_run_time) one.set(made.settings, value);
    }
    return made;
}

} // namespace sockeye::app
