#include "config/config_text.hpp"
#include "config/settings.hpp"
#include "temporary_folder.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <set>
#include <sstream>

namespace sockeye::app {

namespace {

using texts = std::vector<std::string>;

std::string answer_to(texts arguments, texts environment = {}) {
    return load_config({std::move(arguments), std::move(environment)}).answer.value();
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

std::string page_entry(const setting& one) {
    const bool usual = one.variable().starts_with(variable_prefix);
    const std::string preset = one.get({});
    return "| `" + one.name + "`" + (one.at_run_time ? " *" : "") +
           (usual ? "" : "; `" + one.variable() + "`") + " | " + one.expected + " | " +
           (preset.empty() ? "" : "`" + preset + "`") + " | " + one.help + " |\n";
}

std::string page_tables() {
    std::string text;
    std::string_view group;
    for (const setting& one : settings()) {
        if (one.group != group)
            text +=
                "\n| " + std::string(one.group) + " | expected | default | |\n|---|---|---|---|\n";
        group = one.group;
        text += page_entry(one);
    }
    return text;
}

std::string configuration_page() {
    std::ifstream file(CONFIGURATION_PAGE);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

const std::string long_secret(32, 's');

} // namespace

TEST_CASE("config: every setting has its own flag, variable and name") {
    std::set<std::string> names;
    for (const setting& one : settings()) {
        CHECK(names.insert(one.name).second);
        CHECK(names.insert(one.flag()).second);
        CHECK(names.insert(one.variable()).second);
    }
    CHECK(find_setting(&setting::name, "redis_url")->variable() == "REDIS_URL");
    CHECK(find_setting(&setting::name, "tls_key_file")->variable() == "SOCKEYE_TLS_KEY_FILE");
    CHECK(find_setting(&setting::name, "tls_key_file")->flag() == "--tls-key-file");
}

TEST_CASE("config: every default is what its setting takes") {
    for (const setting& one : settings()) {
        CAPTURE(one.name);
        server_config config;
        CHECK(one.set(config, one.get({})));
        CHECK(one.get(config) == one.get({}));
    }
}

TEST_CASE("config: help tells all of every setting, whatever else is wrong") {
    const std::string help = answer_to({"--help", "--port", "x"}, {"SOCKEYE_NONE=1"});
    for (const setting& one : settings()) {
        CAPTURE(one.name);
        CHECK(has(help, "  " + one.flag()));
        CHECK(has(help, "variable " + one.variable() + "; in the file " + one.name + "\n"));
        CHECK(has(help, one.help));
        CHECK(has(help, one.expected));
        CHECK(has(help, "default " + one.get({})));
    }
    CHECK(has(help, "  --port N\n"));
    CHECK(has(help, "  --token-required[=true|false] *\n"));
}

TEST_CASE("config: the version is asked for") {
    CHECK(answer_to({"--version"}).starts_with("sockeye-server 0."));
}

TEST_CASE("config: checking says that all is well, or what is not") {
    CHECK(answer_to({"--check-config", "--port", "80"}) == "the settings can be used\n");
    CHECK_THROWS_AS(answer_to({"--check-config", "--port", "x"}), config_error);
    CHECK_THROWS_AS(answer_to({"--print-config", "--token-required"}), config_error);
}

TEST_CASE("config: what is printed says the same as a file") {
    const testing::temporary_folder folder;
    texts arguments{
        "--port",          "80",          "--cors-origins", "https://a.org,https://b.org",
        "--node-id",       "a \"b\" \\c", "--max-payload",  "2MiB",
        "--allow-register"};
    const auto told = load_config({arguments}).settings;
    arguments.push_back("--print-config");
    const auto file = folder.write("printed.toml", answer_to(arguments));
    const auto read = load_config({{"--config", file}}).settings;
    for (const setting& one : settings())
        CHECK(one.get(read) == one.get(told));
}

TEST_CASE("config: what is printed says where it came from") {
    const testing::temporary_folder folder;
    const auto file = folder.write("x.toml", "\nthreads = 2\nport = 7\n");
    const auto printed =
        answer_to({"--print-config", "--config", file, "--log-level", "debug"}, {"PORT=80"});
    CHECK(has(printed, "\nthreads = 2 # " + file + ":2: threads\n"));
    CHECK(has(printed, "port = 80 # PORT\n"));
    CHECK(has(printed, "\nlog_level = \"debug\" # --log-level\n"));
    CHECK(has(printed, "\nmax_payload = \"1MB\"\n"));
}

TEST_CASE("config: what is printed holds no secret") {
    const auto printed = answer_to(
        {"--print-config"},
        {"SOCKEYE_TOKEN_SECRET=" + long_secret, "SOCKEYE_API_KEYS=" + long_secret,
         "REDIS_URL=redis://u:" + long_secret + "@h/1", "DATABASE_URL=password=" + long_secret});
    CHECK_FALSE(has(printed, long_secret));
    CHECK(has(printed, "\n# token_secret = (not shown) # SOCKEYE_TOKEN_SECRET\n"));
    CHECK(has(printed, "\nredis_url = \"redis://***@h/1\" # REDIS_URL\n"));
    CHECK(has(printed, "\ndatabase_url = \"***\" # DATABASE_URL\n"));
}

TEST_CASE("config: an address is shown as far as no password can be in it") {
    struct row {
        const char* address;
        const char* shown;
    };
    const row table[] = {
        {"redis://h:1/2", "redis://h:1/2"},
        {"redis://:secret@h", "redis://***@h"},
        {"redis://:se@cret@h", "redis://***"},
        {"postgresql://h/d?password=secret", "postgresql://***"},
        {"postgresql://u:se?cret@h/d", "postgresql://***"},
        {"host=h password=secret", "***"},
    };
    for (const row& r : table) {
        CAPTURE(r.address);
        server_config config;
        config.database_url = r.address;
        CHECK(has(config_text(config, {}), "database_url = \"" + std::string(r.shown) + "\"\n"));
    }
}

TEST_CASE("config: the page lists all settings") {
    const std::string expected = page_tables();
    INFO("docs/configuration.md must hold:\n", expected);
    CHECK(has(configuration_page(), expected));
}

} // namespace sockeye::app
