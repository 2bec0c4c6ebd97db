#include "config/settings.hpp"
#include "temporary_folder.hpp"

#include <sockeye/app/config.hpp>

#include <doctest/doctest.h>

namespace sockeye::app {

namespace {

using namespace std::chrono_literals;
using texts = std::vector<std::string>;

server_config load(texts arguments, texts environment = {}) {
    return load_config({std::move(arguments), std::move(environment)}).settings;
}

std::string refusal_of(const config_sources& from) {
    try {
        load_config(from);
    } catch (const config_error& error) {
        return error.what();
    }
    return "";
}

std::string refusal_of(texts arguments, texts environment = {}) {
    return refusal_of({std::move(arguments), std::move(environment)});
}

bool has(std::string_view text, std::string_view part) {
    return text.find(part) != text.npos;
}

const std::string long_secret(32, 's');

/// Files of a test, and what is said of one named x.toml.
struct files : testing::temporary_folder {
    texts use(const std::string& content) const { return {"--config", write("x.toml", content)}; }
    server_config load(const std::string& content, texts environment = {}) const {
        return app::load(use(content), std::move(environment));
    }
    /// Without the folder's path.
    std::string refusal_of(const std::string& content) const {
        const std::string text = app::refusal_of(use(content));
        return text.starts_with(path() + "/") ? text.substr(path().size() + 1) : text;
    }
};

} // namespace

TEST_CASE("config: without a word, the defaults") {
    const auto config = load({});
    CHECK(config.port == 3000);
    CHECK(config.allow_register == std::nullopt);
    CHECK(config.max_payload == 1'000'000);
    CHECK(config.presence_lease == 9s);
}

TEST_CASE("config: every form of value, as flags") {
    const auto config = load({"--port",
                              "80",
                              "--threads=4",
                              "--adapter",
                              "sharded",
                              "--max-payload",
                              "2MiB",
                              "--presence-grace",
                              "250ms",
                              "--cors-origins",
                              "https://a.org, capacitor://localhost",
                              "--log-level=debug",
                              "--log-format",
                              "json",
                              "--token-clock-skew",
                              "1m",
                              "--node-id",
                              "n1",
                              "--api-keys",
                              "one,two",
                              "--token-secret",
                              long_secret,
                              "--token-required",
                              "--allow-register=false"});
    CHECK(config.port == 80);
    CHECK(config.threads == 4);
    CHECK(config.adapter == cluster_adapter_kind::sharded);
    CHECK(config.max_payload == 2 * 1024 * 1024);
    CHECK(config.presence_grace == 250ms);
    CHECK(config.cors_origins == texts{"https://a.org", "capacitor://localhost"});
    CHECK(config.level == engineio::log_level::debug);
    CHECK(config.format == log_format::json);
    CHECK(config.token_clock_skew == 60s);
    CHECK(config.node_id == "n1");
    CHECK(config.api_keys == texts{"one", "two"});
    CHECK(config.token_secret == long_secret);
    CHECK(config.token_required);
    CHECK(config.allow_register == false);
}

TEST_CASE("config: every form of value, as environment variables") {
    const auto config =
        load({}, {"PORT=80", "REDIS_URL=redis://r", "DATABASE_URL=postgresql://d/x",
                  "SOCKEYE_MAX_QUEUE_BYTES=65536", "SOCKEYE_DRAIN_LIMIT=2m",
                  "SOCKEYE_TRUSTED_PROXIES=10.0.0.0/8,::1", "SOCKEYE_TOKEN_SECRET=" + long_secret,
                  "SOCKEYE_TOKEN_REQUIRED=true", "HOME=/root", "nonsense", "THREADS=x"});
    CHECK(config.port == 80);
    CHECK(config.redis_url == "redis://r");
    CHECK(config.database_url == "postgresql://d/x");
    CHECK(config.max_queue_bytes == 65536);
    CHECK(config.drain_limit == 2min);
    CHECK(config.trusted_proxies == texts{"10.0.0.0/8", "::1"});
    CHECK(config.token_required);
}

TEST_CASE("config: every form of value, in a file") {
    const files folder;
    const auto config = folder.load("port = 80 # a comment\n"
                                    "redis_url = 'unix:///run/redis.sock'\n"
                                    "max_payload = 65_536\n"
                                    "max_queue_bytes = \"1MB\"\n"
                                    "presence_lease = '3s'\n"
                                    "allow_register = false\n"
                                    "cors_origins = ['*']\n"
                                    "trusted_proxies = [\n  '10.0.0.1',\n  '::1',\n]\n"
                                    "api_keys = []\n"
                                    "log_level = 'error'\n");
    CHECK(config.port == 80);
    CHECK(config.redis_url == "unix:///run/redis.sock");
    CHECK(config.max_payload == 65536);
    CHECK(config.max_queue_bytes == 1'000'000);
    CHECK(config.presence_lease == 3s);
    CHECK(config.allow_register == false);
    CHECK(config.cors_origins == texts{"*"});
    CHECK(config.trusted_proxies == texts{"10.0.0.1", "::1"});
    CHECK(config.api_keys.empty());
    CHECK(config.level == engineio::log_level::error);
}

TEST_CASE("config: flags count before variables, these before the file, that before the defaults") {
    const files folder;
    auto arguments = folder.use("port = 1\nthreads = 2\nevents_per_ip = 3\n");
    arguments.insert(arguments.end(), {"--port", "10"});
    const auto config = load(arguments, {"PORT=20", "SOCKEYE_THREADS=30"});
    CHECK(config.port == 10);
    CHECK(config.threads == 30);
    CHECK(config.events_per_ip == 3);
    CHECK(config.events_per_user == 3000);
}

TEST_CASE("config: an empty value counts too") {
    CHECK(load({"--redis-url="}, {"REDIS_URL=redis://r"}).redis_url.empty());
    CHECK(load({"--redis-url", ""}, {"REDIS_URL=redis://r"}).redis_url.empty());
    CHECK(load({"--redis-url=", "--port", "5"}).port == 5);
}

TEST_CASE("config: the file is named by a flag, or else by a variable") {
    const files folder;
    const auto one = folder.write("one.toml", "port = 1");
    const auto two = folder.write("two.toml", "port = 2");
    CHECK(load({}, {"SOCKEYE_CONFIG=" + one}).port == 1);
    CHECK(load({"--config=" + two}, {"SOCKEYE_CONFIG=" + one}).port == 2);
    CHECK(refusal_of({"--config", folder.path() + "/none"}) ==
          "--config: cannot read '" + folder.path() + "/none': No such file or directory");
    CHECK(refusal_of({}, {"SOCKEYE_CONFIG=" + folder.path()}) ==
          "SOCKEYE_CONFIG: cannot read '" + folder.path() + "': it is no file");
    const auto large = folder.write("large.toml", std::string(1024 * 1024 + 1, '#'));
    CHECK(has(refusal_of({"--config", large}), "larger than 1 MiB"));
}

TEST_CASE("config: flags that cannot be used are refused in one line") {
    struct row {
        texts arguments;
        const char* refusal;
    };
    const row table[] = {
        {{"--prot", "80"}, "there is no flag '--prot'; did you mean --port?"},
        {{"--prot=80"}, "there is no flag '--prot'; did you mean --port?"},
        {{"--redis_url=x"}, "there is no flag '--redis_url'; did you mean --redis-url?"},
        {{"--something-else"}, "there is no flag '--something-else'; --help lists all"},
        {{"-p", "80"}, "there is no flag '-p'; --help lists all"},
        {{"80"}, "there is no argument '80'; --help lists all"},
        {{"--port"}, "--port: a value is missing"},
        {{"--config"}, "--config: a value is missing"},
        {{"--port", "80", "--port=80"}, "--port: given twice"},
        {{"--token-required", "--token-required"}, "--token-required: given twice"},
        {{"--config", "a", "--config", "b"}, "--config: given twice"},
        {{"--port", "http"}, "--port: got 'http', expected a number from 0 to 65535"},
        {{"--port", "65536"}, "--port: got '65536', expected a number from 0 to 65535"},
        {{"--port="}, "--port: got '', expected a number from 0 to 65535"},
        {{"--token-required=yes"}, "--token-required: got 'yes', expected true or false"},
        {{"--token-required", "true"}, "there is no argument 'true'; --help lists all"},
        {{"--log-level", "trace"},
         "--log-level: got 'trace', expected debug, info, warning or error"},
        {{"--presence-lease", "5"},
         "--presence-lease: got '5', expected a time from 1s to 10m, such as 250ms, 5s or 2m"},
        {{"--max-payload", "1TB"},
         "--max-payload: got '1TB', expected a size from 1KB to 1GB, such as 65536, 64KB (64000) "
         "or 64KiB (65536)"},
        {{"--address", "example.org"},
         "--address: got 'example.org', expected an IP address, or localhost"},
        {{"--cors-origins", "https://a.org/"},
         "--cors-origins: got 'https://a.org/', expected origins such as https://example.org, or "
         "*"},
        {{"--cors-origins", "a.org"},
         "--cors-origins: got 'a.org', expected origins such as https://example.org, or *"},
        {{"--trusted-proxies", "10.0.0.1,10.1.2.3/8"},
         "--trusted-proxies: '10.1.2.3/8' is not the start of its range: that is 10.0.0.0/8"},
    };
    for (const row& r : table) {
        CAPTURE(r.refusal);
        CHECK(refusal_of(r.arguments) == r.refusal);
    }
}

TEST_CASE("config: variables that cannot be used are refused in one line") {
    struct row {
        texts environment;
        const char* refusal;
    };
    const row table[] = {
        {{"SOCKEYE_THREDS=1"},
         "there is no variable 'SOCKEYE_THREDS'; did you mean SOCKEYE_THREADS?"},
        {{"SOCKEYE_PORT=1"}, "there is no variable 'SOCKEYE_PORT'; did you mean PORT?"},
        {{"SOCKEYE_="}, "there is no variable 'SOCKEYE_'; --help lists all"},
        {{"PORT="}, "PORT: got '', expected a number from 0 to 65535"},
        {{"PORT=1", "PORT=2"}, "PORT: given twice"},
        {{"SOCKEYE_TOKEN_REQUIRED=1"}, "SOCKEYE_TOKEN_REQUIRED: got '1', expected true or false"},
        {{"SOCKEYE_NODE_ID=a\nb"},
         "SOCKEYE_NODE_ID: got 'a b', expected a name of up to 128 bytes"},
    };
    for (const row& r : table) {
        CAPTURE(r.refusal);
        CHECK(refusal_of({}, r.environment) == r.refusal);
    }
}

TEST_CASE("config: what a file says wrong is refused with its line") {
    struct row {
        const char* content;
        const char* refusal;
    };
    const row table[] = {
        {"port = 1\n\nprot = 2\n", "x.toml:3: there is no setting 'prot'; did you mean port?"},
        {"port = '80'", "x.toml:1: port: expected a number from 0 to 65535"},
        {"port = 80.5", "x.toml:1: port: expected a number from 0 to 65535"},
        {"\nport = 70000", "x.toml:2: port: got '70000', expected a number from 0 to 65535"},
        {"token_required = 'true'", "x.toml:1: token_required: expected true or false"},
        {"log_level = 1", "x.toml:1: log_level: expected a string: debug, info, warning or error"},
        {"presence_lease = 5", "x.toml:1: presence_lease: expected a string: a time from 1s to "
                               "10m, such as 250ms, 5s or 2m"},
        {"cors_origins = '*'",
         "x.toml:1: cors_origins: expected an array of strings: origins such as "
         "https://example.org, or *"},
        {"api_keys = ['a', 1]",
         "x.toml:1: api_keys: expected an array of strings: keys without spaces and commas"},
        {"api_keys = ['a,b']",
         "x.toml:1: api_keys: expected an array of strings: keys without spaces and commas"},
        {"max_payload = true",
         "x.toml:1: max_payload: expected a size from 1KB to 1GB, such as 65536, 64KB (64000) or "
         "64KiB (65536)"},
        {"[server]\nport = 1", "x.toml:1: there is no setting 'server'; --help lists all"},
    };
    const files folder;
    for (const row& r : table) {
        CAPTURE(r.content);
        CHECK(folder.refusal_of(r.content) == r.refusal);
    }
}

TEST_CASE("config: what is no TOML is refused with its line, duplicates among it") {
    const files folder;
    for (const char* content : {"port = 1\nport = 2", "# \nport 1", "\nport = ", "\n\"port = 1",
                                "\nport = 1 2", "\nx = \xff"}) {
        CAPTURE(content);
        const std::string refusal = folder.refusal_of(content);
        CHECK(refusal.starts_with("x.toml:2: "));
        CHECK_FALSE(has(refusal, "\n"));
    }
    CHECK_FALSE(folder.refusal_of("port = " + std::string(100'000, '[')).empty());
}

TEST_CASE("config: files that settings name must be there") {
    const files folder;
    const auto key = folder.write("key.pem", "");
    const auto none = folder.path() + "/none";
    CHECK(load({"--tls-certificate-file", key, "--tls-key-file", key}).tls_key_file == key);
    CHECK(refusal_of({"--token-key-file", none}) ==
          "--token-key-file: cannot read '" + none + "': No such file or directory");
    CHECK(refusal_of({"--token-jwks-file", folder.path()}) ==
          "--token-jwks-file: '" + folder.path() + "' is a folder");
    CHECK(refusal_of({"--page", key}) == "--page: there is no folder '" + key + "'");
    CHECK(load({"--client-files", folder.path()}).client_files == folder.path());
}

TEST_CASE("config: settings that do not go together are refused") {
    const files folder;
    const auto key = folder.write("key.pem", "");
    CHECK(refusal_of({"--tls-certificate-file", key}) ==
          "--tls-certificate-file: needs tls_key_file too");
    CHECK(refusal_of({}, {"SOCKEYE_TLS_KEY_FILE=" + key}) ==
          "SOCKEYE_TLS_KEY_FILE: needs tls_certificate_file too");
    CHECK(folder.refusal_of("token_required = true") ==
          "x.toml:1: token_required: needs token_secret, token_key_file or token_jwks_file, to "
          "check tokens with");
    CHECK(load({"--token-required", "--token-key-file", key}).token_required);
}

TEST_CASE("config: who has keys lets nobody register, unless told") {
    const auto shown = [](const server_config& config) {
        return find_setting(&setting::name, "allow_register")->get(config);
    };
    CHECK(shown(load({})) == "true");
    CHECK(shown(load({"--token-secret", long_secret})) == "false");
    CHECK(shown(load({"--token-secret", long_secret, "--allow-register"})) == "true");
    CHECK(shown(load({"--allow-register=false"})) == "false");
}

TEST_CASE("config: addresses of servers must be such") {
    CHECK(refusal_of({}, {"REDIS_URL=http://r"}) ==
          "REDIS_URL: expected redis://, rediss://, unix://, redis+sentinel://, redis+cluster:// "
          "or rediss+cluster://");
    CHECK(refusal_of({"--redis-url", "redis://r:x"}) ==
          "--redis-url: sockeye: not the URL of a Redis server: bad port");
    CHECK(refusal_of({"--redis-url", "redis+cluster://a,b/1"}) ==
          "--redis-url: sockeye: not the URL of a Redis server: a Redis Cluster has no databases");
    for (const char* const good :
         {"redis://r", "rediss://r:1/2", "unix:///run/redis.sock", "redis+sentinel://a,b/main",
          "redis+cluster://u:p@a:1,b", "rediss+cluster://a"})
        CHECK(load({"--redis-url", good}).redis_url == good);
    CHECK(refusal_of({}, {"DATABASE_URL=mysql://d"}) ==
          "DATABASE_URL: expected an address such as postgresql://user:password@host/name; in a "
          "password, @ and / are written as %40 and %2F");
    CHECK(load({"--database-url", "host=d dbname=x"}).database_url == "host=d dbname=x");
}

TEST_CASE("config: in a Redis Cluster the prefix of keys has a hash tag") {
    const auto refusal = [](const char* url, const char* prefix) {
        return refusal_of({"--redis-url", url},
                          {std::string("SOCKEYE_REDIS_KEY_PREFIX=") + prefix});
    };
    for (const char* const without : {"app:", "{}:", "{app"})
        CHECK(refusal("redis+cluster://r", without) ==
              "SOCKEYE_REDIS_KEY_PREFIX: in a Redis Cluster all keys must share a slot: expected a "
              "prefix with a part in braces, such as {sockeye}:");
    CHECK(load({"--redis-url", "redis+cluster://r", "--redis-key-prefix", "{app}:"})
              .redis_key_prefix == "{app}:");
    CHECK(load({"--redis-url", "redis+cluster://r"}).redis_key_prefix.empty());
    CHECK(load({"--redis-url", "redis://r", "--redis-key-prefix", "app:"}).redis_key_prefix ==
          "app:");
}

TEST_CASE("config: no refusal holds a secret") {
    CHECK(refusal_of({"--token-secret", "hunter2"}) == "--token-secret: expected 32 bytes or more");
    CHECK(refusal_of({"--api-keys", "hunter2 hunter2"}) ==
          "--api-keys: expected keys without spaces and commas");
    const files folder;
    for (const char* bad : {"redis://u:hunter2@h:x", "redis:/u:hunter2@h", "redis://hunter2@h",
                            "redis://u:hunter2\n@h", "redis+cluster://u:hunter2@h:x"})
        CHECK_FALSE(has(refusal_of({"--redis-url", bad}), "hunter2"));
    for (const char* bad : {"host=h password=hunter2 hunter2", "postgresql://u:hunter2@h:x:y/d?z=1",
                            "postgresql://u:hunter2@x@h/d"})
        CHECK_FALSE(has(refusal_of({"--database-url", bad}), "hunter2"));
    CHECK_FALSE(has(folder.refusal_of("token_secret = \"hunter2"), "hunter2"));
}

TEST_CASE("config: reading again changes what may change, and names the rest") {
    const files folder;
    const config_sources from{folder.use("port = 1\nevents_per_ip = 5\nlog_level = 'info'\n")};
    const auto before = load_config(from).settings;
    folder.use("port = 2\nlog_level = 'debug'\napi_keys = ['new']\nmax_payload = 2000\n"
               "max_rooms_listed = 5\n");
    const auto after = reload_config(before, from);
    CHECK(after.changed == texts{"api_keys", "events_per_ip", "log_level"});
    CHECK(after.need_restart == texts{"port", "max_payload", "max_rooms_listed"});
    CHECK(after.settings.port == 1);
    CHECK(after.settings.max_payload == 1'000'000);
    CHECK(after.settings.level == engineio::log_level::debug);
    CHECK(after.settings.events_per_ip == 6000); // told no more: the default
    CHECK(after.settings.api_keys == texts{"new"});
}

TEST_CASE("config: reading the same again changes nothing, and nothing wrong is taken over") {
    const files folder;
    const config_sources from{folder.use("token_secret = '" + long_secret + "'\n")};
    auto before = load_config(from).settings;
    before.node_id = unique_node_id();
    const auto after = reload_config(before, from);
    CHECK(after.changed.empty());
    CHECK(after.need_restart.empty());
    CHECK(after.settings.node_id == before.node_id);
    folder.use("port = 'x'");
    CHECK_THROWS_AS(reload_config(before, from), config_error);
}

TEST_CASE("config: what a program is started with is taken as it is") {
    const char* const arguments[] = {"program", "--port", "1"};
    const char* const environment[] = {"A=b", "C=", nullptr};
    const auto made = sources_of(3, arguments, environment);
    CHECK(made.arguments == texts{"--port", "1"});
    CHECK(made.environment == texts{"A=b", "C="});
    CHECK(sources_of(0, arguments, environment).arguments.empty());
}

TEST_CASE("config: an instance's own name is like no other") {
    CHECK(unique_node_id() != unique_node_id());
    CHECK(unique_node_id().size() <= 128);
}

TEST_CASE("config: instances that share their state must share what they keep") {
    CHECK(load({"--session-history", "--room-history", "chat-*,lobby"}).room_history ==
          texts{"chat-*", "lobby"});
    const texts shared{"--redis-url", "redis://r"};
    const auto with = [&](texts more) {
        more.insert(more.end(), shared.begin(), shared.end());
        return more;
    };
    CHECK(has(refusal_of(with({"--session-history"})), "--session-history: with redis_url, needs"));
    CHECK(has(refusal_of(with({"--room-history", "*"})), "needs database_url"));
    CHECK(refusal_of(with({"--session-history", "--database-url", "postgresql://d/x"})).empty());
    CHECK(has(refusal_of({"--room-history", "a*b"}), "beginnings that end with *"));
}

TEST_CASE("config: state machines of a file") {
    const files folder;
    const auto refusal = [&](const std::string& content) {
        return refusal_of({"--machines-file", folder.write("m.json", content)});
    };
    CHECK(refusal("[]").empty());
    const std::string duel = R"({"name":"duel","roles":["a"],"phases":["on","off"],)"
                             R"("moves":[{"name":"end","from":["on"],"to":"off","by":["a"]}]})";
    CHECK(refusal("[" + duel + "]").empty());
    CHECK(has(refusal("[" + duel + "," + duel + "]"), "there are two machines 'duel'"));
    CHECK(has(refusal("{"), "is not JSON"));
    CHECK(has(refusal("{}"), "expected an array of state machines"));
    CHECK(has(refusal("[" + duel + R"(,{"name":"x"}])"), "m.json': machine 2: "));
    CHECK(has(refusal_of({"--machines-file", folder.path() + "/none"}), "cannot read"));
}

} // namespace sockeye::app
