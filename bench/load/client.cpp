#include "client.hpp"

#include "test_message.hpp"

namespace sockeye::bench {

std::string_view client::next_packet() {
    static std::string message, packet;
    make_test_message(message, number_, sent_++, board_.message_size);
    packet = "4";
    packet += message;
    return packet;
}

void client::take_echo(std::string_view packet) {
    static std::string due;
    if (echoed_ == sent_) return fail("an echo of nothing: " + std::string(packet.substr(0, 32)));
    make_test_message(due, number_, echoed_, board_.message_size);
    if (packet.substr(1) != due)
        return fail("echo " + std::to_string(echoed_) +
                    " is not the message that is due: " + std::string(packet.substr(0, 32)));
    ++echoed_;
    ++board_.echoes;
}

} // namespace sockeye::bench
