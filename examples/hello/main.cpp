#include <sockeye/engineio/server.hpp>

using namespace sockeye::engineio;

struct echo : handler {
    void on_message(session& s, std::string_view data, bool binary) override {
        binary ? s.send_binary(data) : s.send(data);
    }
};

int main() {
    echo app;
    server io(app);
    io.listen(3000);
    io.run();
}
