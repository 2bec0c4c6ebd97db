#include <sockeye/adapter_redis/options.hpp>
#include <sockeye/adapter_redis/redis_cluster.hpp>

#include <charconv>
#include <stdexcept>

namespace sockeye::adapter_redis {

namespace {

[[noreturn]] void refuse(const std::string& why) {
    throw std::invalid_argument("sockeye: not the URL of a Redis server: " + why);
}

/// Takes what stands before `mark` off `text`, with the mark; nullopt if there is none.
std::optional<std::string_view> take_before(std::string_view& text, std::string_view mark) {
    const std::size_t at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    const std::string_view before = text.substr(0, at);
    text.remove_prefix(at + mark.size());
    return before;
}

template<class Number>
Number read_number(std::string_view text, const char* what) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) refuse(std::string("bad ") + what);
    return number;
}

std::string decode_percent(std::string_view text) {
    std::string decoded;
    while (!text.empty()) {
        if (text[0] != '%') {
            decoded += text[0];
            text.remove_prefix(1);
            continue;
        }
        unsigned byte = 0;
        const char* const end = text.data() + 3;
        if (text.size() < 3 || std::from_chars(text.data() + 1, end, byte, 16).ptr != end) {
            refuse("bad percent-encoding");
        }
        decoded += static_cast<char>(byte);
        text.remove_prefix(3);
    }
    return decoded;
}

void read_credentials(std::string_view text, redis_options& into) {
    const auto user = take_before(text, ":");
    if (!user) refuse("a user without a password");
    into.username = decode_percent(*user);
    into.password = decode_percent(text);
}

redis_address read_host_and_port(std::string_view text, unsigned short default_port) {
    redis_address into{.port = default_port};
    if (text.starts_with('[')) { // IPv6
        text.remove_prefix(1);
        const auto address = take_before(text, "]");
        if (!address || (!text.empty() && text[0] != ':')) refuse("bad IPv6 address");
        into.host = *address;
        if (!text.empty()) into.port = read_number<unsigned short>(text.substr(1), "port");
    } else {
        const std::size_t colon = text.find(':');
        into.host = text.substr(0, colon);
        if (colon != std::string_view::npos) {
            into.port = read_number<unsigned short>(text.substr(colon + 1), "port");
        }
    }
    if (into.host.empty()) refuse("no host");
    return into;
}

void read_database(std::string_view text, redis_options& into) {
    if (!text.empty()) into.database = read_number<unsigned>(text, "database");
}

void read_network(std::string_view text, redis_options& into) {
    const auto place = take_before(text, "/");
    const redis_address at = read_host_and_port(place.value_or(text), into.port);
    into.host = at.host;
    into.port = at.port;
    if (place) read_database(text, into);
}

std::vector<redis_address> read_places(std::string_view text, unsigned short default_port) {
    std::vector<redis_address> places;
    while (const auto place = take_before(text, ","))
        places.push_back(read_host_and_port(*place, default_port));
    places.push_back(read_host_and_port(text, default_port));
    return places;
}

void read_sentinels(std::string_view text, redis_options& into) {
    constexpr unsigned short default_port = 26379;
    auto& sentinel = into.sentinel.emplace();
    const auto places = take_before(text, "/");
    if (!places || text.empty()) refuse("no master is named");
    sentinel.nodes = read_places(*places, default_port);
    const auto master = take_before(text, "/");
    sentinel.master_name = master.value_or(text);
    if (master) read_database(text, into);
    into.ping_interval = into.ping_timeout = seconds(1);
}

void read_path(std::string_view text, redis_options& into) {
    std::string_view query = text;
    const auto path = take_before(query, "?");
    into.unix_socket = decode_percent(path.value_or(text));
    if (!into.unix_socket.starts_with('/')) refuse("no path");
    if (!path) return;
    if (!query.starts_with("db=")) refuse("only db may be set");
    into.database = read_number<unsigned>(query.substr(3), "database");
}

/// A password may contain an '@', although it should not.
void take_credentials(std::string_view& url, redis_options& into) {
    const std::size_t at = url.rfind('@');
    if (at == std::string_view::npos) return;
    read_credentials(url.substr(0, at), into);
    url.remove_prefix(at + 1);
}

} // namespace

bool is_redis_cluster_url(std::string_view url) {
    return url.starts_with("redis+cluster://") || url.starts_with("rediss+cluster://");
}

redis_cluster_options parse_redis_cluster_url(std::string_view url) {
    redis_cluster_options options;
    if (!is_redis_cluster_url(url))
        refuse("it does not begin with redis+cluster:// or rediss+cluster://");
    if (take_before(url, "://") == "rediss+cluster") options.each.tls.emplace();
    take_credentials(url, options.each);
    if (url.find('/') != std::string_view::npos) refuse("a Redis Cluster has no databases");
    options.seeds = read_places(url, options.each.port);
    return options;
}

bool is_redis_url(std::string_view url) {
    return url.starts_with("redis://") || url.starts_with("rediss://") ||
           url.starts_with("unix://") || url.starts_with("redis+sentinel://");
}

redis_options parse_redis_url(std::string_view url) {
    redis_options options;
    if (!is_redis_url(url))
        refuse("it does not begin with redis://, rediss://, unix:// or redis+sentinel://");
    const auto scheme = take_before(url, "://");
    if (scheme == "rediss") options.tls.emplace();
    take_credentials(url, options);
    if (scheme == "redis+sentinel")
        read_sentinels(url, options);
    else
        scheme == "unix" ? read_path(url, options) : read_network(url, options);
    return options;
}

} // namespace sockeye::adapter_redis
