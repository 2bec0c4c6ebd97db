// The first program of the README: sends every message back.
#include <sockeye/engineio/server.hpp>

using namespace sockeye::engineio;

struct echo : handler {
    void on_message(session& from, std::string_view data, bool binary) override {
        binary ? from.send_binary(data) : from.send(data);
    }
};

int main() {
    echo app;
    server io(app);
    io.listen(3000);
    io.run(); // until Ctrl-C
}
