// The browser's client, served from a folder laid out as npm's package is.

#include "socketio_fixture.hpp"
#include "temporary_folder.hpp"

#include <filesystem>
#include <fstream>
#include <system_error>

namespace sockeye::socketio {
namespace {

namespace fs = std::filesystem;

const char* const names[] = {"socket.io.js",
                             "socket.io.js.map",
                             "socket.io.min.js",
                             "socket.io.min.js.map",
                             "socket.io.esm.min.js",
                             "socket.io.esm.min.js.map",
                             "socket.io.msgpack.min.js",
                             "socket.io.msgpack.min.js.map"};

void write(const fs::path& path, std::string_view content) {
    std::ofstream(path, std::ios::binary) << content;
}

// Every bundle says its own name. Gone with its object.
class package {
public:
    package() {
        fs::create_directory(dist());
        for (const char* name : names)
            write(dist() / name, name);
    }

    [[nodiscard]] fs::path dist() const { return root_ / "dist"; }
    void describe(std::string_view json) const { write(root_ / "package.json", json); }

private:
    const testing::temporary_folder folder_;
    const fs::path root_ = folder_.path();
};

testing::http_answer get(const socketio_fixture& from, const std::string& target) {
    return testing::raw_client(from.port()).ask(testing::request("GET", target));
}

std::string tag_of(const package& files) {
    socketio_fixture fixture({.client_files = files.dist()});
    fixture.start();
    return get(fixture, "/socket.io/socket.io.js").header("ETag");
}

// What the server says instead of starting.
std::string refusal_of(const fs::path& folder) {
    try {
        const server never({.client_files = folder});
    } catch (const std::system_error& error) {
        return error.what();
    }
    return "none";
}

TEST_CASE("the client's bundles and their maps are served below the path") {
    const package files;
    files.describe(R"({"name":"socket.io-client","version":"4.8.4-rc.1+7"})");
    socketio_fixture fixture({.client_files = files.dist()}, 2);
    fixture.start();
    for (const std::string name : names) {
        CAPTURE(name);
        const auto answer = get(fixture, "/socket.io/" + name + "?v=1");
        CHECK(answer.status == 200);
        CHECK(answer.body == name);
        CHECK(answer.header("ETag") == R"("4.8.4-rc.1+7")");
        CHECK(answer.header("Content-Type") == (name.ends_with(".map")
                                                    ? "application/json; charset=utf-8"
                                                    : "application/javascript; charset=utf-8"));
    }
    for (const char* name : {"socket.io.esm.js", "package.json", "../package.json", "dist", "x"})
        CHECK(get(fixture, std::string("/socket.io/") + name).status == 400);
}

TEST_CASE("no client is served unless a folder is named") {
    socketio_fixture fixture;
    fixture.start();
    CHECK(get(fixture, "/socket.io/socket.io.js").status == 400);
}

TEST_CASE("files are read when the server is made, and not again") {
    const package files;
    socketio_fixture fixture({.client_files = files.dist()});
    fs::remove_all(files.dist());
    fixture.start();
    CHECK(get(fixture, "/socket.io/socket.io.min.js").body == "socket.io.min.js");
}

TEST_CASE("without a version that can stand in a tag, the content makes the tag") {
    const package files;
    const std::string hashed = tag_of(files);
    CHECK(hashed.size() == 45);
    for (const char* json : {"", "{", "[]", "{}", R"({"version":4})", R"({"version":""})",
                             R"({"version":"4\"8"})", R"({"version":"4\r\n"})"}) {
        CAPTURE(json);
        files.describe(json);
        CHECK(tag_of(files) == hashed);
    }
    write(files.dist() / "socket.io.js", "changed");
    CHECK(tag_of(files) != hashed);
}

TEST_CASE("a server that was refused its files leaves its path to another") {
    engineio::http_server http(with_threads(1));
    CHECK_THROWS_AS(server(http, {.client_files = "/nowhere"}), std::system_error);
    const server second(http);
    const unsigned short port = http.listen(0, "127.0.0.1");
    http.start();
    CHECK(packet_client(port).join().size() == 20);
    http.stop();
}

TEST_CASE("a folder that is not the client's is refused at the start, with what to do") {
    const package files;
    fs::remove(files.dist() / "socket.io.msgpack.min.js");
    const std::string missing = refusal_of(files.dist());
    CHECK(missing.find("dist/socket.io.msgpack.min.js: ") != std::string::npos);
    CHECK(missing.find("socket.io-client") != std::string::npos);
    CHECK(missing.ends_with("No such file or directory"));

    fs::create_directory(files.dist() / "socket.io.msgpack.min.js");
    CHECK(refusal_of(files.dist()).ends_with("Is a directory"));
    CHECK(refusal_of("/nowhere").find("/nowhere/socket.io.js: ") != std::string::npos);
}

} // namespace
} // namespace sockeye::socketio
