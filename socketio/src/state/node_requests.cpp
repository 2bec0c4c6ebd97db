#include "state/node_requests.hpp"

#include <iterator>
#include <utility>

namespace sockeye::socketio {

bool node_requests::request::complete() const {
    return missing ? missing->empty() : answered >= asked;
}

std::string node_requests::request::shortage() const {
    if (missing)
        return "timeout reached: missing " + std::to_string(missing->size()) + " responses";
    return "timeout reached: only " + std::to_string(answered) + " responses received out of " +
           std::to_string(asked);
}

void node_requests::add(const std::string& id, std::size_t servers, server_answers known,
                        finish then) {
    waiting_.insert_or_assign(id,
                              request{servers, std::nullopt, std::move(known), std::move(then)});
}

void node_requests::add(const std::string& id, const std::vector<std::string>& servers,
                        server_answers known, finish then) {
    waiting_.insert_or_assign(id, request{servers.size(),
                                          std::set<std::string>(servers.begin(), servers.end()),
                                          std::move(known), std::move(then)});
}

std::optional<node_requests::ended>
node_requests::answer(const std::string& id, const std::string& from, server_answers more) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return std::nullopt;
    request& asked = found->second;
    if (!from.empty() && !asked.heard.insert(from).second) return std::nullopt;
    ++asked.answered;
    if (asked.missing) asked.missing->erase(from);
    std::move(more.sockets.begin(), more.sockets.end(), std::back_inserter(asked.answers.sockets));
    std::move(more.values.begin(), more.values.end(), std::back_inserter(asked.answers.values));
    if (!asked.complete()) return std::nullopt;
    return end(found, {});
}

std::optional<node_requests::ended> node_requests::time_out(const std::string& id) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return std::nullopt;
    return end(found, found->second.shortage());
}

std::vector<node_requests::ended> node_requests::server_left(const std::string& uid) {
    std::vector<ended> complete;
    for (auto each = waiting_.begin(); each != waiting_.end();) {
        const auto current = each++;
        auto& missing = current->second.missing;
        if (missing && missing->erase(uid) > 0 && missing->empty())
            complete.push_back(end(current, {}));
    }
    return complete;
}

std::vector<node_requests::ended> node_requests::fail_all(const std::string& why) {
    std::vector<ended> failed;
    while (!waiting_.empty())
        failed.push_back(end(waiting_.begin(), why));
    return failed;
}

node_requests::ended node_requests::end(requests::iterator which, std::string error) {
    ended over{std::move(which->second.then), std::move(error), std::move(which->second.answers)};
    waiting_.erase(which);
    return over;
}

} // namespace sockeye::socketio
