#include "link_fixture.hpp"
#include "temporary_folder.hpp"
#include "tls_client.hpp"

#include <system_error>

namespace sockeye::adapter_redis {
namespace {

// Certificates that a server and a link show each other.
struct certificates {
    certificates() {
        testing::make_certificate("redis.test", file("server.crt"), file("server.key"));
        testing::make_certificate("client.test", file("client.crt"), file("client.key"));
    }

    [[nodiscard]] std::string file(const std::string& name) const {
        return folder.path() + "/" + name;
    }
    [[nodiscard]] std::vector<std::string> settings() const {
        return {"--port",
                "0",
                "--tls-cert-file",
                file("server.crt"),
                "--tls-key-file",
                file("server.key"),
                "--tls-ca-cert-file",
                file("client.crt")};
    }
    // All that the server asks for.
    [[nodiscard]] redis_tls_options options() const {
        return {.ca_file = file("server.crt"),
                .certificate_file = file("client.crt"),
                .private_key_file = file("client.key"),
                .server_name = "redis.test"};
    }

    testing::temporary_folder folder;
};

struct tls_fixture : certificates, link_fixture {
    tls_fixture() : link_fixture(settings(), "--tls-port") {}

    [[nodiscard]] redis_options with(redis_tls_options tls) {
        redis_options made = link_fixture::options();
        made.tls = std::move(tls);
        return made;
    }
};

TEST_CASE("a link over TLS shows its certificate and checks that of Redis") {
    tls_fixture fixture;
    redis_link link(fixture.with(fixture.certificates::options()));
    fixture.subscribe(link, plain, "a");
    const std::string large(1'000'000, 'x');
    link.publish(plain, "a", large);
    fixture.notes.await("a=" + large);
}

TEST_CASE("a certificate for somebody else is refused") {
    tls_fixture fixture;
    redis_tls_options tls = fixture.certificates::options();
    tls.server_name = "other.test";
    redis_link link(fixture.with(tls));
    fixture.notes.await(fixture.called("commands") +
                        " cannot be made: certificate verify failed (SSL routines)");
}

TEST_CASE("a certificate that nobody trusted vouches for is refused") {
    tls_fixture fixture;
    redis_tls_options tls = fixture.certificates::options();
    tls.ca_file = "";
    redis_link link(fixture.with(tls));
    fixture.notes.await(fixture.called("commands") +
                        " cannot be made: certificate verify failed (SSL routines)");
}

TEST_CASE("files that cannot be used are an error at once") {
    redis_options options;
    options.tls.emplace().ca_file = "/nowhere/ca.crt";
    CHECK_THROWS_AS(redis_link{options}, std::system_error);
    const certificates made;
    options.tls = {.ca_file = made.file("server.crt"),
                   .certificate_file = made.file("client.crt"),
                   .private_key_file = made.file("server.key")};
    CHECK_THROWS_AS(redis_link{options}, std::system_error); // a key of another certificate
}

} // namespace
} // namespace sockeye::adapter_redis
