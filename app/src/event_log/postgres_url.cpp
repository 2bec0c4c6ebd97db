#include "event_log/postgres_url.hpp"

#include "event_log/postgres_connection.hpp"

#include <cctype>
#include <libpq-fe.h>
#include <memory>
#include <string_view>

namespace sockeye::app {

namespace {

using parsed_url = std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)>;

parsed_url parse(const std::string& url) {
    char* words = nullptr;
    parsed_url options(PQconninfoParse(url.c_str(), &words), PQconninfoFree);
    PQfreemem(words);
    return options;
}

// Several ports are separated by commas.
bool is_port(std::string_view text) {
    for (const char c : text)
        if (c != ',' && std::isdigit(static_cast<unsigned char>(c)) == 0) return false;
    return true;
}

// An unescaped @ or / ends the password early; the rest of it is then found here.
bool is_plausible(const PQconninfoOption& option) {
    const std::string_view name = option.keyword;
    const std::string_view text = option.val;
    if (name == "port") return is_port(text);
    if (name == "host") return text.find('@', 1) == text.npos; // @ in front: a kind of socket
    return name != "dbname" || text.find('@') == text.npos;
}

} // namespace

void check_postgres_url(const std::string& url) {
    const parsed_url options = parse(url);
    bool plausible = options != nullptr;
    for (const auto* option = options.get(); plausible && option->keyword; ++option)
        plausible = !option->val || is_plausible(*option);
    if (!plausible)
        throw postgres_error("the URL of the database is not valid (in a password, @ and / are "
                             "written as %40 and %2F)",
                             {});
}

} // namespace sockeye::app
