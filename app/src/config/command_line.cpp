#include "config/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

namespace sockeye::app {

namespace {

const std::pair<std::string, question> questions[] = {{"--help", question::help},
                                                      {"--version", question::version},
                                                      {"--print-config", question::print_config},
                                                      {"--check-config", question::check_config}};

/// The parser only takes the arguments apart: what they mean is the table's to say.
void declare_flags(CLI::App& parser) {
    parser.set_help_flag();
    parser.allow_extras();
    for (const setting& one : settings())
        one.form == value_form::truth ? parser.add_flag(one.flag()) : parser.add_option(one.flag());
    parser.add_option(std::string(file_flag));
    for (const auto& [flag, asked] : questions)
        parser.add_flag(flag);
    for (CLI::Option* option : parser.get_options())
        option->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// The parser would take the next argument for the value of "--flag=".
std::vector<std::string> split_empty_values(const std::vector<std::string>& arguments) {
    std::vector<std::string> split;
    for (const std::string& argument : arguments) {
        const bool is_empty =
            argument.starts_with("--") && argument.find('=') == argument.size() - 1;
        split.push_back(is_empty ? argument.substr(0, argument.size() - 1) : argument);
        if (is_empty) split.emplace_back();
    }
    return split;
}

void parse(CLI::App& parser, const std::vector<std::string>& arguments) {
    auto rest = split_empty_values(arguments);
    std::ranges::reverse(rest); // as the parser wants them
    try {
        parser.parse(rest);
    } catch (const CLI::ParseError& error) {
        const std::string text = error.what();
        throw config_error(text.substr(0, text.find(':')) + ": a value is missing");
    }
}

void refuse_unknown(const CLI::App& parser) {
    const auto unknown = parser.remaining();
    if (unknown.empty()) return;
    std::vector<std::string> known;
    for (const CLI::Option* option : parser.get_options())
        known.push_back(option->get_name());
    const std::string name = unknown[0].substr(0, unknown[0].find('='));
    throw unknown_name("", name.starts_with('-') ? "flag" : "argument", name, known);
}

std::optional<std::string> value_of(const CLI::App& parser, const std::string& flag) {
    const auto given = parser.get_option(flag)->results();
    if (given.size() > 1) throw config_error(flag + ": given twice");
    return given.empty() ? std::nullopt : std::optional(given[0]);
}

} // namespace

command_line read_command_line(const std::vector<std::string>& arguments) {
    CLI::App parser;
    declare_flags(parser);
    parse(parser, arguments);
    refuse_unknown(parser);
    command_line made;
    for (const auto& [flag, asked] : questions)
        if (value_of(parser, flag) && made.asked == question::none) made.asked = asked;
    for (const setting& one : settings())
        if (auto value = value_of(parser, one.flag()))
            made.said.values.push_back({&one, *std::move(value), one.flag()});
    made.said.config_file = value_of(parser, std::string(file_flag));
    return made;
}

} // namespace sockeye::app
