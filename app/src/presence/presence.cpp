#include "presence/presence_core.hpp"

#include <utility>

namespace sockeye::app {

namespace steps = presence_steps;

namespace {

present_users present(std::vector<std::string> users) {
    const std::size_t count = users.size();
    return {std::move(users), count};
}

} // namespace

presence::presence(const context& on, std::function<void(const presence_change&)> changed,
                   presence_options options)
    : core_(std::make_shared<core>(on, std::move(changed), options)) {}

presence::~presence() {
    core_->retire();
    core_->fall_silent();
}

void presence::start() {
    core_->tick();
}

task<> presence::stop() {
    core_->retire();
    co_await core_->give_up_lease();
}

task<> presence::connect(std::string socket, std::string user) {
    core_->arrive(socket);
    // Named: g++ 12 destroys a braced temporary inside a co_await twice.
    presence_entry entry{std::move(socket), std::move(user)};
    co_await core_->begin(std::move(entry));
}

task<present_users> presence::join(std::string socket, std::string room) {
    presence_entry entry{socket, core_->user_of(socket), std::move(room)};
    auto begun = co_await core_->begin(std::move(entry), presence_steps::listing::users);
    co_return present(std::move(begun.users));
}

task<std::size_t> presence::enter(std::string socket, std::string room) {
    presence_entry entry{socket, core_->user_of(socket), std::move(room)};
    co_return (co_await core_->begin(std::move(entry))).count;
}

task<left_room> presence::leave(std::string socket, std::string room) {
    presence_entry entry{socket, core_->user_of(socket), std::move(room)};
    const auto ended = co_await core_->end(std::move(entry));
    co_return left_room{.count = ended.count, .user_stays = !ended.sockets_left.empty()};
}

void presence::disconnect(const std::string& socket) {
    core_->depart(socket);
}

task<present_users> presence::in_room(std::string room) {
    co_return present((co_await core_->ask(transaction().members(steps::room_key(room)))).items);
}

task<present_users> presence::everyone() {
    co_return present((co_await core_->ask(transaction().members(steps::online_key))).items);
}

task<bool> presence::is_online(std::string user) {
    const auto answer = co_await core_->ask(transaction().has_member(steps::online_key, user));
    co_return answer.number == 1;
}

task<std::optional<std::string>> presence::newest_socket(std::string user) {
    co_return (co_await core_->ask(transaction().get(steps::newest_socket_key(user)))).text;
}

} // namespace sockeye::app
