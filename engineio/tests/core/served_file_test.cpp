#include "codec/served_file.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace sockeye::engineio;

namespace {

const static_file script{std::string(5000, 'x'), "application/javascript", "1.2.3"};

http_response ask(const static_file& file, std::vector<http_field> fields,
                  std::string_view method = "GET") {
    return served_file(file).answer({method, "/engine.io/script.js", 11, fields});
}

std::string header(const http_response& response, std::string_view name) {
    const auto found =
        std::ranges::find(response.headers, name, [](const auto& field) { return field.first; });
    return found == response.headers.end() ? "none" : found->second;
}

} // namespace

TEST_CASE("a file is answered with its type, to be asked for again by its tag") {
    for (const char* method : {"GET", "HEAD", "POST"}) {
        const auto response = ask(script, {}, method);
        CHECK(response.status == 200);
        CHECK(response.body == script.content);
        CHECK(header(response, "Content-Type") == "application/javascript");
        CHECK(header(response, "Cache-Control") == "public, max-age=0");
        CHECK(header(response, "ETag") == R"("1.2.3")");
        CHECK(header(response, "Vary") == "Accept-Encoding");
        CHECK(header(response, "Content-Encoding") == "none");
    }
}

TEST_CASE("a file is compressed as the client likes it best") {
    for (const content_coding coding :
         {content_coding::brotli, content_coding::gzip, content_coding::deflate}) {
        const auto response = ask(script, {{"Accept-Encoding", name(coding)}});
        CHECK(header(response, "Content-Encoding") == name(coding));
        CHECK(response.body == encode(coding, script.content));
        CHECK(header(response, "ETag") == R"("1.2.3")");
    }
    const auto chosen = [](std::string_view accepted) {
        return header(ask(script, {{"Accept-Encoding", accepted}}), "Content-Encoding");
    };
    CHECK(chosen("gzip, deflate, br") == "gzip");
    CHECK(chosen("*") == "br");
    CHECK(chosen("gzip;q=0, zstd") == "none");
}

TEST_CASE("a client that has the file is told so, with the fields that it keeps") {
    const auto response =
        ask(script, {{"If-None-Match", R"(W/"1.2.3")"}, {"Accept-Encoding", "gzip"}});
    CHECK(response.status == 304);
    CHECK(response.body.empty());
    CHECK(header(response, "ETag") == R"("1.2.3")");
    CHECK(header(response, "Cache-Control") == "public, max-age=0");
    CHECK(header(response, "Vary") == "Accept-Encoding");
    CHECK(header(response, "Content-Encoding") == "none");
    CHECK(ask(script, {{"If-None-Match", R"("1.2.4")"}}).status == 200);
}

TEST_CASE("without a version the tag tells one content from another") {
    const auto tag_of = [](std::string content) {
        return header(ask({std::move(content), "text/plain"}, {}), "ETag");
    };
    CHECK(tag_of("abc") == R"("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0")"); // SHA-256
    CHECK(tag_of("") != tag_of("abc"));
    CHECK(ask({"abc", "text/plain"}, {{"If-None-Match", tag_of("abc")}}).status == 304);
}
