#include "transitions/transitions_core.hpp"

#include <utility>

namespace sockeye::app {

transitions::transitions(const context& on, std::vector<state_machine> machines, listener told,
                         const transition_options& options)
    : core_(std::make_shared<core>(on, std::move(machines), std::move(told), options)) {}

transitions::~transitions() {
    core_->stop_listening();
}

void transitions::before_each(action run) {
    core_->before_each = std::move(run);
}

void transitions::start(std::function<void()> ready) {
    core_->listen(std::move(ready));
    core_->check_regularly();
}

task<case_state> transitions::create(std::string id, std::string machine,
                                     std::map<std::string, std::string> parties) {
    return core_->create(std::move(id), std::move(machine), std::move(parties));
}

task<case_state> transitions::get(std::string id) {
    return core_->get(std::move(id));
}

task<case_state> transitions::move(std::string id, std::string move, std::string user) {
    return core_->move(std::move(id), std::move(move), std::move(user));
}

const std::vector<state_machine>& transitions::machines() const {
    return core_->machines;
}

} // namespace sockeye::app
