#include "config/given.hpp"

#include <algorithm>
#include <numeric>

namespace sockeye::app {

namespace {

/// How many characters must be put in, left out or changed to make one of the other (Levenshtein).
std::size_t distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t(0));
    for (const char c : from) {
        std::size_t diagonal = row[0]++;
        for (std::size_t i = 0; i < to.size(); ++i) {
            const std::size_t changed = diagonal + (c == to[i] ? 0 : 1);
            diagonal = row[i + 1];
            row[i + 1] = std::min({changed, row[i] + 1, row[i + 1] + 1});
        }
    }
    return row.back();
}

std::string_view without_prefix(std::string_view name) {
    return name.starts_with(variable_prefix) ? name.substr(variable_prefix.size()) : name;
}

/// Empty if none is near. SOCKEYE_PORT is near to PORT.
std::string nearest(std::string_view wrong, const std::vector<std::string>& known) {
    wrong = without_prefix(wrong.substr(0, 100));
    std::string best;
    std::size_t least = std::min<std::size_t>(wrong.size() / 3 + 2, 4);
    for (const std::string& name : known)
        if (const auto away = distance(wrong, without_prefix(name)); away < least) {
            least = away;
            best = name;
        }
    return best;
}

} // namespace

config_error unknown_name(const std::string& place, std::string_view what, std::string_view name,
                          const std::vector<std::string>& known) {
    const std::string meant = nearest(name, known);
    const std::string help = meant.empty() ? "--help lists all" : "did you mean " + meant + "?";
    return config_error(place + "there is no " + std::string(what) + " '" + std::string(name) +
                        "'; " + help);
}

} // namespace sockeye::app
