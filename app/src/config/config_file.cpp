#include "config/config_file.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>
#include <toml++/toml.h>

namespace sockeye::app {

namespace {

constexpr std::size_t max_file_bytes = 1024 * 1024;

std::string read_text(const std::string& path, std::string_view named_by) {
    const auto fail = [&](const std::string& why) {
        return config_error(std::string(named_by) + ": cannot read '" + path + "': " + why);
    };
    std::ifstream file(path, std::ios::binary);
    if (!file) throw fail(std::generic_category().message(errno));
    std::string text(max_file_bytes + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad() || std::filesystem::is_directory(path)) throw fail("it is no file");
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > max_file_bytes) throw fail("it is larger than 1 MiB");
    return text;
}

std::string place(const std::string& path, const toml::source_region& at) {
    return path + ':' + std::to_string(at.begin.line) + ": ";
}

std::optional<std::string> text_of(const toml::node& node) {
    const auto* text = node.as_string();
    return text ? std::optional(text->get()) : std::nullopt;
}

std::optional<std::string> text_of_list(const toml::node& node) {
    const auto* list = node.as_array();
    if (!list) return std::nullopt;
    std::string joined;
    for (const toml::node& element : *list) {
        const auto text = text_of(element);
        if (!text || text->find(',') != text->npos) return std::nullopt;
        joined += (joined.empty() ? "" : ",") + *text;
    }
    return joined;
}

/// As it would be written in a flag; nullopt for what is of another type.
std::optional<std::string> text_of(const toml::node& node, value_form form) {
    const auto* number = node.as_integer();
    const auto* truth = node.as_boolean();
    switch (form) {
    case value_form::list:
        return text_of_list(node);
    case value_form::truth:
        return truth ? std::optional(truth->get() ? "true" : "false") : std::nullopt;
    case value_form::number:
        return number ? std::optional(std::to_string(number->get())) : std::nullopt;
    case value_form::size:
        return number ? std::optional(std::to_string(number->get())) : text_of(node);
    default:
        return text_of(node);
    }
}

std::string_view article_and_type(value_form form) {
    switch (form) {
    case value_form::list:
        return "an array of strings: ";
    case value_form::truth:
    case value_form::number:
    case value_form::size:
        return "";
    default:
        return "a string: ";
    }
}

config_error unknown_key(const std::string& at, std::string_view key) {
    std::vector<std::string> known;
    for (const setting& one : settings())
        known.push_back(one.name);
    return unknown_name(at, "setting", key, known);
}

given_value read_entry(const std::string& path, const toml::key& key, const toml::node& node) {
    const std::string at = place(path, key.source());
    const setting* const one = find_setting(&setting::name, key.str());
    if (!one) throw unknown_key(at, key.str());
    auto text = text_of(node, one->form);
    if (!text)
        throw config_error(at + one->name + ": expected " +
                           std::string(article_and_type(one->form)) + one->expected);
    return {one, *std::move(text), at + one->name};
}

} // namespace

given parse_config(std::string_view text, const std::string& path) {
    try {
        given made;
        for (const auto& [key, node] : toml::parse(text, path))
            made.values.push_back(read_entry(path, key, node));
        return made;
    } catch (const toml::parse_error& error) {
        throw config_error(place(path, error.source()) + std::string(error.description()));
    }
}

given read_config_file(const std::string& path, std::string_view named_by) {
    return parse_config(read_text(path, named_by), path);
}

} // namespace sockeye::app
