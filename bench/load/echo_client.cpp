#include "echo_client.hpp"

namespace sockeye::bench {

void echo_client::start() {
    for (unsigned i = 0; i < board_.inflight; ++i)
        send_next();
    flush();
}

void echo_client::send_next() {
    queue_message(next_message());
    ++board_.on_the_way;
}

void echo_client::on_message(std::string_view message) {
    take_echo(message);
    --board_.on_the_way;
    if (board_.sending) send_next();
}

} // namespace sockeye::bench
