// Greets every client, and answers what it says.
#include <sockeye/socketio/server.hpp>

using namespace sockeye::socketio;

int main() {
    server io;
    io.on("connection", [](socket s) {
        s.emit("hello", s.id());
        s.on("say", [](std::string text, ack<std::string> done) { done("you said: " + text); });
    });
    io.listen(3000);
    io.run(); // until Ctrl-C
}
