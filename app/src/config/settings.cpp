#include "config/settings.hpp"

#include "config/config_checks.hpp"
#include "names.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>
#include <sockeye/app/client_address.hpp>

#include <algorithm>

namespace sockeye::app {

namespace {

using config = server_config;
using namespace std::chrono_literals;

// ---- rules for texts; an empty one means that nothing is told

bool any(std::string_view) {
    return true;
}

bool is_listening_address(std::string_view text) {
    return text == "localhost" || parse_ip_address(text);
}

/// As browsers write it: a trailing slash would never match.
bool is_origin(std::string_view text) {
    const std::size_t scheme = text.find("://");
    if (scheme == text.npos) return text == "*";
    const std::string_view host = text.substr(scheme + 3);
    return scheme > 0 && !host.empty() && host.find_first_of("/?#@ *") == host.npos;
}

bool is_state_url(std::string_view text) {
    return adapter_redis::is_redis_url(text) || adapter_redis::is_redis_cluster_url(text);
}

/// Can stand in a header's field.
bool is_api_key(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7F; });
}

bool is_room_pattern(std::string_view text) {
    const auto star = text.find('*');
    return is_name(text) && (star == text.npos || star + 1 == text.size());
}

bool is_long_enough(std::string_view secret) {
    return secret.size() >= 32;
}

// ---- the table

template<class T>
setting row(std::string name, T config::*member, value_kind<T> kind, std::string help) {
    const auto set = [member, read = std::move(kind.read)](config& in, std::string_view text) {
        auto value = read(text);
        if (value) in.*member = *std::move(value);
        return value.has_value();
    };
    const auto get = [member, write = std::move(kind.write)](const config& of) {
        return write(of.*member);
    };
    return {std::move(name), std::move(help), kind.form, std::move(kind.expected), set, get};
}

setting at_run_time(setting one) {
    one.at_run_time = true;
    return one;
}

setting secret(setting one) {
    one.shown = secrecy::secret;
    return one;
}

setting with_password(setting one) {
    one.shown = secrecy::address;
    return one;
}

value_kind<std::string> file() {
    return text("the path of a file that can be read", any);
}

value_kind<std::string> folder() {
    return text("the path of a folder", any);
}

value_kind<std::size_t> count_or_none() {
    return number<std::size_t>(0, 1'000'000'000);
}

std::vector<setting> listening() {
    return {
        row("port", &config::port, number<unsigned short>(0, 65535),
            "the TCP port; 0: the system chooses one"),
        row("address", &config::address, text("an IP address, or localhost", is_listening_address),
            "the address to listen at; without: all"),
        row("threads", &config::threads, number(0U, 1024U),
            "threads that serve clients; 0: one per core"),
        row("tls_certificate_file", &config::tls_certificate_file, file(),
            "the certificate and its chain (PEM): HTTPS and WSS in place of HTTP and WS"),
        row("tls_key_file", &config::tls_key_file, file(), "the certificate's private key (PEM)"),
        row("cors_origins", &config::cors_origins,
            list("origins such as https://example.org, or *", is_origin),
            "where pages of other sites that may connect come from; *: anywhere"),
        row("trusted_proxies", &config::trusted_proxies,
            list("addresses or ranges such as 10.0.0.0/8", any),
            "proxies whose X-Forwarded-For is believed"),
    };
}

std::vector<setting> state() {
    return {
        with_password(
            row("redis_url", &config::redis_url,
                text("redis://, rediss://, unix://, redis+sentinel://, redis+cluster:// or "
                     "rediss+cluster://",
                     is_state_url),
                "where instances share their state; without: one instance, in memory")),
        row("redis_key_prefix", &config::redis_key_prefix,
            text("a name of up to 128 bytes, in a Redis Cluster with a part in braces", is_name),
            "what stands in front of each key of the state in Redis; without: nothing, but "
            "{sockeye}: in a Redis Cluster"),
        row("adapter", &config::adapter,
            one_of<cluster_adapter_kind>({{"classic", cluster_adapter_kind::classic},
                                          {"sharded", cluster_adapter_kind::sharded},
                                          {"streams", cluster_adapter_kind::streams}}),
            "how instances reach each other's clients over Redis"),
        with_password(row("database_url", &config::database_url,
                          text("an address such as postgresql://user:password@host/name", any),
                          "the PostgreSQL database of the event log; without: event_log_file")),
        row("event_log_file", &config::event_log_file, text("the path of a file, or :memory:", any),
            "the SQLite file of the event log, which :memory: keeps no longer than the process"),
        row("event_log_memory", &config::event_log_memory, size(1'000'000, 1'000'000'000'000),
            "what a log in memory may take; beyond, appends fail"),
        row("event_log_keep", &config::event_log_keep, duration(0s, 24h * 36'500),
            "what is logged of a session or a room is removed so long after the last of it; 0: "
            "never"),
        row("node_id", &config::node_id, text("a name of up to 128 bytes", is_name),
            "this instance's name, unlike all others'; without: made of host, process and chance"),
    };
}

// Shown as what it comes to.
setting allow_register() {
    const auto kind = truth();
    const auto set = [read = kind.read](config& in, std::string_view text) {
        in.allow_register = read(text);
        return in.allow_register.has_value();
    };
    const auto get = [write = kind.write](const config& of) {
        return write(of.allow_register.value_or(!has_token_keys(of)));
    };
    return {"allow_register",
            "let clients say who they are, without a token; where keys are given, false unless "
            "told",
            kind.form,
            kind.expected,
            set,
            get};
}

std::vector<setting> access() {
    return {
        secret(at_run_time(row("token_secret", &config::token_secret,
                               text("32 bytes or more", is_long_enough),
                               "the secret that tokens are signed with (HS256)"))),
        at_run_time(row("token_key_file", &config::token_key_file, file(),
                        "the public key of tokens (PEM): RSA for RS256, P-256 for ES256")),
        at_run_time(row("token_jwks_file", &config::token_jwks_file, file(),
                        "public keys of tokens as a JSON Web Key Set")),
        at_run_time(row("token_issuer", &config::token_issuer, text("one line of text", any),
                        "the issuer (iss) that tokens must have; without: any")),
        at_run_time(row("token_audience", &config::token_audience, text("one line of text", any),
                        "the audience (aud) that tokens must have; without: any")),
        at_run_time(row("token_clock_skew", &config::token_clock_skew, whole_seconds(0s, 10min),
                        "what the issuer's clock and this one's may differ by")),
        at_run_time(row("token_required", &config::token_required, truth(),
                        "refuse connections without a token")),
        at_run_time(allow_register()),
        secret(at_run_time(row("api_keys", &config::api_keys,
                               list("keys without spaces and commas", is_api_key),
                               "keys of the HTTP API, any of which opens it"))),
        at_run_time(row("api_token_scope", &config::api_token_scope,
                        text("a word without spaces", is_api_key),
                        "tokens whose scope has this word open the HTTP API too; without: none")),
    };
}

std::vector<setting> history() {
    return {
        row("session_history", &config::session_history, truth(),
            "let hosts have their sessions kept in the event log"),
        row("room_history", &config::room_history,
            list("names of rooms, or beginnings that end with *", is_room_pattern),
            "rooms whose messages are kept in the event log; *: all"),
        row("machines_file", &config::machines_file, file(),
            "state machines for cases (JSON), beside court, which is built in"),
        row("transitions_prefix", &config::transitions_prefix,
            text("a name of up to 128 bytes", is_name),
            "what the store's keys of cases begin with"),
    };
}

std::vector<setting> limits() {
    return {
        at_run_time(row("connections_per_ip", &config::connections_per_ip, count_or_none(),
                        "new connections of an address in 15 minutes; 0: no limit")),
        at_run_time(row("requests_per_ip", &config::requests_per_ip, count_or_none(),
                        "HTTP requests of an address in a minute; 0: no limit")),
        at_run_time(row("events_per_ip", &config::events_per_ip, count_or_none(),
                        "events of an address in a minute; 0: no limit")),
        at_run_time(row("events_per_user", &config::events_per_user, count_or_none(),
                        "events of a user in a minute; 0: no limit")),
        row("max_payload", &config::max_payload, size(1000, 1'000'000'000),
            "the largest message that a client may send"),
        row("max_queue_bytes", &config::max_queue_bytes, size(1000, 1'000'000'000),
            "what may wait to be sent on a connection before it is closed"),
        row("max_rooms_listed", &config::max_rooms_listed, number<std::size_t>(1, 100'000),
            "rooms in one answer"),
    };
}

std::vector<setting> times() {
    return {
        row("presence_lease", &config::presence_lease, duration(1s, 10min),
            "an instance that is silent for so long is taken for dead"),
        row("presence_grace", &config::presence_grace, duration(0s, 10min),
            "a user who is back within this time has not been away"),
        at_run_time(row("drain_limit", &config::drain_limit, duration(0s, 1h),
                        "from SIGTERM to the end, at most")),
    };
}

std::vector<setting> served() {
    return {
        row("page", &config::page, folder(),
            "a folder to be served at /; without: the page that is built in"),
        row("client_files", &config::client_files, folder(),
            "the folder dist of npm's socket.io-client, to be served to browsers"),
        at_run_time(row("log_level", &config::level,
                        one_of<engineio::log_level>({{"debug", engineio::log_level::debug},
                                                     {"info", engineio::log_level::info},
                                                     {"warning", engineio::log_level::warning},
                                                     {"error", engineio::log_level::error}}),
                        "what is logged: this, and what is worse")),
        row("log_format", &config::format,
            one_of<log_format>({{"text", log_format::text}, {"json", log_format::json}}),
            "lines for people, or an object a line for programs"),
    };
}

void append(std::vector<setting>& to, std::string_view group, std::vector<setting> rows) {
    for (setting& one : rows) {
        one.group = group;
        to.push_back(std::move(one));
    }
}

std::vector<setting> make_table() {
    std::vector<setting> all;
    append(all, "Where it listens", listening());
    append(all, "Where state is", state());
    append(all, "Who may do what", access());
    append(all, "What is kept, and what moves on", history());
    append(all, "Limits", limits());
    append(all, "Times", times());
    append(all, "What is served, and told", served());
    return all;
}

} // namespace

const std::vector<setting>& settings() {
    static const auto table = make_table();
    return table;
}

std::string setting::flag() const {
    std::string made = "--" + name;
    std::ranges::replace(made, '_', '-');
    return made;
}

// The first three are what every platform that runs programs sets.
std::string setting::variable() const {
    const bool common = name == "port" || name == "redis_url" || name == "database_url";
    std::string made = (common ? "" : std::string(variable_prefix)) + name;
    for (char& c : made)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return made;
}

} // namespace sockeye::app
