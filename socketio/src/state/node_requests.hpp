#pragma once

#include <sockeye/socketio/handshake.hpp>
#include <sockeye/socketio/value.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace sockeye::socketio {

// What servers have answered: their sockets, where they were asked for those, else a value each.
struct server_answers {
    std::vector<socket_details> sockets = {};
    array values = {};
};

// The questions that one server has put to the others, each ended exactly once: when all have
// answered that were to, by its time-out, or by the asker. Who is to answer is known by number or
// by name. A server's second answer to a question counts for nothing; one without a name is taken
// for another server's each time.
class node_requests {
public:
    using finish = std::function<void(std::string error, server_answers answers)>;
    // Who is to be told of an end: by the caller, when it has let go of what guards this object.
    struct ended {
        finish then;
        std::string error;
        server_answers answers;
        void tell() { then(std::move(error), std::move(answers)); }
    };

    // `known` comes ahead of the answers; at least one server must be asked.
    void add(const std::string& id, std::size_t servers, server_answers known, finish then);
    void add(const std::string& id, const std::vector<std::string>& servers, server_answers known,
             finish then);

    std::optional<ended> answer(const std::string& id, const std::string& from,
                                server_answers more);
    std::optional<ended> time_out(const std::string& id);
    // Nobody waits for that server any more.
    std::vector<ended> server_left(const std::string& uid);
    std::vector<ended> fail_all(const std::string& why);

private:
    struct request {
        std::size_t asked;                            // by number
        std::optional<std::set<std::string>> missing; // by name
        server_answers answers;
        finish then;
        std::size_t answered = 0;
        std::set<std::string> heard = {}; // those with a name that have answered
        [[nodiscard]] bool complete() const;
        [[nodiscard]] std::string shortage() const;
    };
    using requests = std::unordered_map<std::string, request>;
    ended end(requests::iterator which, std::string error);

    requests waiting_; // by id
};

} // namespace sockeye::socketio
