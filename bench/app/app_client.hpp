#pragma once

#include "../load/driver.hpp"
#include "../load/websocket_client.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sockeye::bench {

// A client of the services that docs/app-events.md describes: a user's connection, which asks and
// is told.
class app_client final : public websocket_client {
public:
    using answered = std::function<void(std::string_view answer)>; // what `{ ok: true, … }` holds
    // A packet such as `["room:message",{…}]`.
    using told = std::function<void(app_client& who, std::string_view event)>;

    app_client(std::uint32_t number, driver& on, const target& to, std::string user,
               const told& hears);

    void start() override {} // everything is asked for
    // `argument`: JSON. Any other answer than ok ends the run.
    void ask(std::string_view event, std::string_view argument, answered then = {});
    [[nodiscard]] bool is_waiting() const { return !waiting_.empty(); }
    // From now on the server may end.
    void allow_end() { may_end_ = true; }

    [[nodiscard]] const std::string& user() const { return user_; }
    [[nodiscard]] std::uint32_t number() const { return number_; }

private:
    void on_open() override { queue_message("0"); }
    void on_message(std::string_view packet) override;
    void on_lost() override;
    void take_answer(std::string_view packet);

    const std::string user_;
    const told& hears_;
    std::uint64_t asked_ = 0;
    std::map<std::uint64_t, answered> waiting_;
    bool connected_ = false;
    bool may_end_ = false;
};

} // namespace sockeye::bench
