#include <sockeye/adapter_redis/redis_cluster.hpp>

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

namespace sockeye::adapter_redis {
namespace {

TEST_CASE("a URL may say little") {
    const redis_options options = parse_redis_url("redis://example.org");
    CHECK(options.host == "example.org");
    CHECK(options.port == 6379);
    CHECK(options.username == "");
    CHECK(options.password == "");
    CHECK(options.database == 0);
    CHECK(options.unix_socket == "");
    CHECK_FALSE(options.tls);
    CHECK(parse_redis_url("redis://a/").host == "a");
}

TEST_CASE("a URL may say everything") {
    const redis_options options = parse_redis_url("rediss://ann:p%40ss%3aword@10.0.0.1:7000/12");
    CHECK(options.host == "10.0.0.1");
    CHECK(options.port == 7000);
    CHECK(options.username == "ann");
    CHECK(options.password == "p@ss:word");
    CHECK(options.database == 12);
    CHECK(options.tls);
}

TEST_CASE("a password needs no user, and may contain what it should not") {
    const redis_options options = parse_redis_url("redis://:a@b/c@host/1");
    CHECK(options.username == "");
    CHECK(options.password == "a@b/c");
    CHECK(options.host == "host");
    CHECK(options.database == 1);
}

TEST_CASE("an IPv6 address stands in brackets") {
    CHECK(parse_redis_url("redis://[::1]").host == "::1");
    CHECK(parse_redis_url("redis://[::1]:7000/1").port == 7000);
    CHECK(parse_redis_url("redis://:a@[::1]:7000/1").database == 1);
}

TEST_CASE("a Unix socket is a path") {
    CHECK(parse_redis_url("unix:///run/redis.sock").unix_socket == "/run/redis.sock");
    const redis_options options = parse_redis_url("unix://ann:secret@/run/a%20b.sock?db=2");
    CHECK(options.unix_socket == "/run/a b.sock");
    CHECK(options.username == "ann");
    CHECK(options.password == "secret");
    CHECK(options.database == 2);
}

TEST_CASE("sentinels are named with their master") {
    const redis_options options =
        parse_redis_url("redis+sentinel://u:p@one:1,two,[::1]:3/mymaster/5");
    REQUIRE(options.sentinel);
    CHECK(options.sentinel->master_name == "mymaster");
    const auto& nodes = options.sentinel->nodes;
    REQUIRE(nodes.size() == 3);
    CHECK(nodes[0].host == "one");
    CHECK(nodes[0].port == 1);
    CHECK(nodes[1].host == "two");
    CHECK(nodes[1].port == 26379);
    CHECK(nodes[2].host == "::1");
    CHECK(nodes[2].port == 3);
    CHECK(options.username == "u");
    CHECK(options.password == "p");
    CHECK(options.database == 5);
    for (const char* const url : {"redis+sentinel://one", "redis+sentinel://one/",
                                  "redis+sentinel:///m", "redis+sentinel://one,,two/m"})
        CHECK_THROWS_AS(parse_redis_url(url), std::invalid_argument);
}

TEST_CASE("servers of a cluster are named one after the other") {
    const redis_cluster_options options = parse_redis_cluster_url("redis+cluster://u:p@one:1,two");
    REQUIRE(options.seeds.size() == 2);
    CHECK(options.seeds[0].host == "one");
    CHECK(options.seeds[0].port == 1);
    CHECK(options.seeds[1].host == "two");
    CHECK(options.seeds[1].port == 6379);
    CHECK(options.each.username == "u");
    CHECK(options.each.password == "p");
    CHECK_FALSE(options.each.tls);
    CHECK(parse_redis_cluster_url("rediss+cluster://one").each.tls);
    for (const char* const url : {"redis://one", "redis+cluster:one", "redis+cluster://one,",
                                  "redis+cluster://one/0", "redis+cluster://one,two/"})
        CHECK_THROWS_AS(parse_redis_cluster_url(url), std::invalid_argument);
    CHECK(is_redis_cluster_url("redis+cluster://one"));
    CHECK(is_redis_cluster_url("rediss+cluster://one"));
    CHECK_FALSE(is_redis_cluster_url("redis+sentinel://one/m"));
}

TEST_CASE("a URL of a Redis server is known by its beginning") {
    for (const char* const url :
         {"redis://one", "rediss://one", "unix:///one", "redis+sentinel://one/m"})
        CHECK(is_redis_url(url));
    for (const char* const url : {"redis", "redis:one", "redis+cluster://one", "http://one", ""})
        CHECK_FALSE(is_redis_url(url));
}

TEST_CASE("what is no URL of a Redis server is refused, without telling its password") {
    for (const char* url : {
             "",
             "redis",
             "redis:host",
             "http://host",
             "REDIS://host",
             "redis://",
             "redis://:6380",
             "redis://:secret@",
             "redis://ann@host",
             "redis://host:",
             "redis://host:x",
             "redis://host:65536",
             "redis://host:-1",
             "redis://host/a",
             "redis://host/1/2",
             "redis://host/-1",
             "redis://[::1",
             "redis://[::1]x",
             "redis://:secret%4@host",
             "redis://:secret%zz@host",
             "redis://:secret%1x@host",
             "unix://",
             "unix://run/redis",
             "unix:///run/redis?db=",
             "unix:///run/redis?timeout=1",
         }) {
        INFO(url);
        try {
            parse_redis_url(url);
            FAIL_CHECK("was taken");
        } catch (const std::invalid_argument& refused) {
            CHECK(std::string(refused.what()).find("secret") == std::string::npos);
        }
    }
}

} // namespace
} // namespace sockeye::adapter_redis
