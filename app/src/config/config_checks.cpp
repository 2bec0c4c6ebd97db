#include "config/config_checks.hpp"

#include "event_log/postgres_url.hpp"
#include "transitions/machines_file.hpp"

#include <sockeye/adapter_redis/redis_cluster.hpp>
#include <sockeye/app/client_address.hpp>
#include <sockeye/app/redis_store.hpp>

#include <filesystem>
#include <unistd.h>

namespace sockeye::app {

namespace {

class config_check {
public:
    config_check(const server_config& config, const config_places& places)
        : config_(config), places_(places) {}

    void files() const {
        check_file("tls_certificate_file", config_.tls_certificate_file);
        check_file("tls_key_file", config_.tls_key_file);
        check_file("token_key_file", config_.token_key_file);
        check_file("token_jwks_file", config_.token_jwks_file);
        check_machines();
        check_folder("page", config_.page);
        check_folder("client_files", config_.client_files);
    }

    void pairs() const {
        const bool certificate = !config_.tls_certificate_file.empty();
        const bool key = !config_.tls_key_file.empty();
        if (certificate && !key) refuse("tls_certificate_file", "needs tls_key_file too");
        if (key && !certificate) refuse("tls_key_file", "needs tls_certificate_file too");
        for (const auto& [name, needs_keys] :
             {std::pair("token_required", config_.token_required),
              std::pair("api_token_scope", !config_.api_token_scope.empty())})
            if (needs_keys && !has_token_keys(config_))
                refuse(name, "needs token_secret, token_key_file or token_jwks_file, to check "
                             "tokens with");
        const bool shared = config_.redis_url.empty() || !config_.database_url.empty();
        for (const auto& [name, keeps] : {std::pair("session_history", config_.session_history),
                                          std::pair("room_history", !config_.room_history.empty())})
            if (keeps && !shared)
                refuse(name, "with redis_url, needs database_url too: instances share their state, "
                             "so they must share the event log");
    }

    void addresses() const {
        try {
            address_list(config_.trusted_proxies);
        } catch (const std::invalid_argument& error) {
            refuse("trusted_proxies", error.what());
        }
        check_redis();
        check_database();
    }

private:
    [[noreturn]] void refuse(std::string_view name, const std::string& why) const {
        throw config_error(places_.at(name) + ": " + why);
    }

    void check_file(std::string_view name, const std::string& path) const {
        if (path.empty()) return;
        if (access(path.c_str(), R_OK) != 0)
            refuse(name, "cannot read '" + path + "': " + std::generic_category().message(errno));
        if (std::filesystem::is_directory(path)) refuse(name, "'" + path + "' is a folder");
    }

    void check_folder(std::string_view name, const std::string& path) const {
        std::error_code ignored;
        if (!path.empty() && !std::filesystem::is_directory(path, ignored))
            refuse(name, "there is no folder '" + path + "'");
    }

    void check_machines() const {
        check_file("machines_file", config_.machines_file);
        try {
            if (!config_.machines_file.empty()) read_machines_file(config_.machines_file);
        } catch (const std::invalid_argument& error) {
            refuse("machines_file", error.what());
        }
    }

    void check_redis() const {
        if (config_.redis_url.empty()) return;
        const bool cluster = adapter_redis::is_redis_cluster_url(config_.redis_url);
        try {
            if (cluster)
                adapter_redis::parse_redis_cluster_url(config_.redis_url);
            else
                adapter_redis::parse_redis_url(config_.redis_url);
        } catch (const std::invalid_argument& error) {
            refuse("redis_url", error.what());
        }
        const std::string& prefix = config_.redis_key_prefix;
        if (cluster && !prefix.empty() && !adapter_redis::has_hash_tag(prefix))
            refuse("redis_key_prefix",
                   "in a Redis Cluster all keys must share a slot: expected a prefix with a part "
                   "in braces, such as " +
                       std::string(cluster_key_prefix));
    }

    void check_database() const {
        if (config_.database_url.empty()) return;
        try {
            check_postgres_url(config_.database_url);
        } catch (const std::exception&) {
            refuse("database_url", "expected an address such as "
                                   "postgresql://user:password@host/name; in a password, @ and / "
                                   "are written as %40 and %2F");
        }
    }

    const server_config& config_;
    const config_places& places_;
};

} // namespace

bool has_token_keys(const server_config& config) {
    return !config.token_secret.empty() || !config.token_key_file.empty() ||
           !config.token_jwks_file.empty();
}

void check_config(const server_config& config, const config_places& places) {
    const config_check check(config, places);
    check.files();
    check.pairs();
    check.addresses();
}

} // namespace sockeye::app
