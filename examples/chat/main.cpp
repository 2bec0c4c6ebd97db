// A chat in rooms, for the page in page/:
//
//   sockeye_chat --page DIR --client-files DIR [--port N] [--threads N]
//
//   from a client    enter(name, room) -> who is there, or nobody: refused; say(text);
//   typing(whether); leave() to a room        came(person); left(id, why); said(name, text);
//   typing(id, whether)

#include "../command_line.hpp"

#include <sockeye/socketio/server.hpp>

#include <cstdio>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using namespace sockeye::socketio;
using examples::number;
using examples::option;

namespace {

struct person {
    std::string id;
    std::string name;
    static constexpr auto fields() {
        return std::tuple{field{"id", &person::id}, field{"name", &person::name}};
    }
};

// The page says the same limits in characters, which have four bytes at the most.
constexpr std::size_t max_name_bytes = 4 * 40;
constexpr std::size_t max_text_bytes = 4 * 2000;

bool fits(const std::string& text, std::size_t max_bytes) {
    return !text.empty() && text.size() <= max_bytes;
}

std::string text_of(const value& data, std::string_view name) {
    const value* text = data.find(name);
    return text ? text->as_string() : std::string();
}

class chat {
public:
    explicit chat(server& io) : io_(io) {
        io.on_connection([this](const socket& s) { serve(s); });
    }

private:
    void serve(const socket& s) {
        // It is in its room again, and the others were told that it had left.
        if (s.recovered()) announce(s);
        s.on(
            "enter",
            [this, s](std::string name, std::string room, ack<std::vector<person>> done) -> task<> {
                if (!fits(name, max_name_bytes) || !fits(room, max_name_bytes)) co_return done({});
                leave(s);
                enter(s, name, room);
                done(co_await members(room_of(s)));
            });
        s.on("say", [this, s](std::string text) {
            if (fits(text, max_text_bytes) && is_somewhere(s))
                io_.to(room_of(s)).emit("said", text_of(s.data(), "name"), text);
        });
        s.on("typing", [s](bool whether) {
            if (is_somewhere(s)) s.to(room_of(s)).emit("typing", s.id(), whether);
        });
        s.on("leave", [s] { leave(s); });
        s.on("disconnecting", [s](std::string reason) { say_goodbye(s, reason); });
    }

    static void enter(const socket& s, const std::string& name, const std::string& room) {
        s.data()["name"] = name;
        // Every socket's id is a room too, which nobody else shall enter.
        s.data()["room"] = "chat " + room;
        s.join(room_of(s));
        announce(s);
    }

    static void leave(const socket& s) {
        say_goodbye(s, "went to another room");
        s.leave(room_of(s));
        s.data()["room"] = "";
    }

    static void say_goodbye(const socket& s, const std::string& why) {
        if (is_somewhere(s)) s.to(room_of(s)).emit("left", s.id(), why);
    }

    static void announce(const socket& s) {
        if (is_somewhere(s))
            s.to(room_of(s)).emit("came", person{s.id(), text_of(s.data(), "name")});
    }

    task<std::vector<person>> members(std::string room) {
        std::vector<person> found;
        for (const remote_socket& one : co_await io_.in(room).fetch_sockets())
            found.push_back({one.id(), text_of(one.data(), "name")});
        co_return found;
    }

    static std::string room_of(const socket& s) { return text_of(s.data(), "room"); }
    static bool is_somewhere(const socket& s) { return !room_of(s).empty(); }

    server& io_;
};

// The page's files, by their paths; read once, when the server starts.
class page_files {
public:
    explicit page_files(const std::string& folder) {
        add("/", folder + "/index.html", "text/html; charset=utf-8");
        add("/chat.js", folder + "/chat.js", "text/javascript; charset=utf-8");
        add("/chat.css", folder + "/chat.css", "text/css; charset=utf-8");
    }

    void operator()(const sockeye::engineio::http_exchange& exchange) const {
        const auto found = files_.find(exchange.request().path());
        exchange.respond(found == files_.end() ? response{.status = 404} : found->second);
    }

private:
    using response = sockeye::engineio::http_response;

    void add(const std::string& path, const std::string& file, const std::string& type) {
        std::ifstream in(file, std::ios::binary);
        if (!in) throw std::runtime_error("cannot read " + file);
        files_[path] = {.headers = {{"Content-Type", type}},
                        .body = {std::istreambuf_iterator(in), {}}};
    }

    std::map<std::string, response, std::less<>> files_;
};

std::string folder(int argc, char** argv, std::string_view name) {
    const auto given = option(argc, argv, name);
    if (!given) throw std::invalid_argument(std::string(name) + " is missing");
    return std::string(*given);
}

void run(int argc, char** argv) {
    const auto port = static_cast<unsigned short>(number(argc, argv, "--port", 3000, 65535));
    sockeye::engineio::http_server http({.threads = number(argc, argv, "--threads", 0, 256)});
    http.route(page_files(folder(argc, argv, "--page")));
    server io(http, {.client_files = folder(argc, argv, "--client-files"),
                     .recovery = recovery_options{}});
    const chat rooms(io);
    std::printf("http://localhost:%u/ (several tabs, several browsers); Ctrl-C stops\n",
                http.listen(port));
    std::fflush(stdout);
    http.run();
}

} // namespace

int main(int argc, char** argv) {
    try {
        run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
