// What scripts/run starts: everybody on the page sees what anybody writes.
//
//   sockeye_playground [--port N] [--threads N] [--client-files DIR]

#include "../command_line.hpp"
#include "page.hpp"

#include <sockeye/engineio/server.hpp>
#include <sockeye/socketio/server.hpp>

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

using namespace sockeye::engineio;
using examples::number;
using examples::option;

namespace {

// Sessions live on several threads. A message is encoded once, and every thread hands it to its
// own.
class room : public handler {
public:
    void attach(server& io) { io_ = &io; }

    void on_open(session& who) override { say("someone came (" + who.remote_address() + ")"); }
    void on_close(session&, close_reason why, std::string_view) override {
        say("someone left: " + std::string(text(why)));
    }
    void on_message(session&, std::string_view data, bool binary) override {
        if (!binary) say(data);
    }

private:
    void say(std::string_view line) {
        const encoded_ptr message = encode_message(line);
        shards& threads = io_->http().shards();
        for (unsigned i = 0; i < threads.size(); ++i)
            threads.post(i, [io = io_, message] {
                const outgoing_ptr packet = outgoing::share(message);
                io->for_each([&](session& each) { each.send({&packet, 1}); });
            });
    }

    server* io_ = nullptr;
};

void serve_page(const http_exchange& exchange) {
    http_response response;
    if (exchange.request().path() == "/") {
        response.headers = {{"Content-Type", "text/html; charset=utf-8"}};
        response.body = page;
    } else {
        response.status = 404;
    }
    exchange.respond(std::move(response));
}

} // namespace

int main(int argc, char** argv) {
    try {
        const auto port = static_cast<unsigned short>(number(argc, argv, "--port", 3000, 65535));
        http_server http({.threads = number(argc, argv, "--threads", 0, 256)});
        room everybody;
        server io(http, everybody);
        everybody.attach(io);
        // The page does not use it; a browser's console can, with /socket.io/socket.io.js.
        const sockeye::socketio::server beside(
            http, {.client_files = option(argc, argv, "--client-files")});
        http.route(serve_page);
        std::printf("http://localhost:%u/ (several tabs, several browsers); Ctrl-C stops\n",
                    http.listen(port));
        std::fflush(stdout);
        http.run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
