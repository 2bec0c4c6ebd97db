#include "answer_here.hpp"

#include <exception>
#include <utility>

namespace sockeye::socketio {
namespace {

void tell(namespace_core& nsp, const ack_callback& answered, std::string error, array answer) {
    std::string wrong;
    try {
        const auto unfit = answered({std::move(error)}, std::move(answer));
        if (!unfit) return;
        wrong = unfit->describe("an acknowledgement");
    } catch (const std::exception& thrown) {
        wrong = std::string("exception out of an acknowledgement's handler: ") + thrown.what();
    }
    nsp.log(engineio::log_level::error, wrong);
}

} // namespace

answers_callback answer_here(std::shared_ptr<namespace_core> nsp, ack_callback answered,
                             bool single) {
    engineio::shards& shards = nsp->shards();
    const detail::answer_home home{&shards, shards.current()};
    return [home, nsp = std::move(nsp), answered = std::move(answered), single](std::string error,
                                                                                array responses) {
        array answer;
        if (!single)
            answer.emplace_back(std::move(responses));
        else if (!responses.empty())
            answer.push_back(std::move(responses.front()));
        home.run([nsp, answered, error = std::move(error), answer = std::move(answer)]() mutable {
            tell(*nsp, answered, std::move(error), std::move(answer));
        });
    };
}

} // namespace sockeye::socketio
