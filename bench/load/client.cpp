#include "client.hpp"

#include "test_message.hpp"

namespace sockeye::bench {

std::string_view client::next_message() {
    static std::string message;
    make_test_message(message, number_, sent_++, board_.message_size);
    return message;
}

void client::take_echo(std::string_view message) {
    static std::string due;
    if (echoed_ == sent_) return fail_at("an echo of nothing", message);
    make_test_message(due, number_, echoed_, board_.message_size);
    if (message != due)
        return fail_at("echo " + std::to_string(echoed_) + " is not the message that is due",
                       message);
    ++echoed_;
    ++board_.received;
}

} // namespace sockeye::bench
