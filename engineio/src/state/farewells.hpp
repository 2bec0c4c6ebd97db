#pragma once

#include "state/timing_wheel.hpp"

#include <sockeye/engineio/packet.hpp>

#include <deque>
#include <string>
#include <string_view>

namespace sockeye::engineio {

// A client that leaves a polling session sends its last GET and the POST that says so at nearly the
// same moment, on two connections. Where these were accepted for different shards the POST can
// overtake the GET, which then names a session that is no more. For a moment such a GET is
// expected, and answered, once, as if it had come first. One that really came later gets no such
// answer.
class farewells {
public:
    void expect(std::string id, protocol revision, time_point now);
    // Whether a GET that came at `received` is expected; it is not any more, then.
    [[nodiscard]] bool take(std::string_view id, protocol revision, time_point received,
                            time_point now);
    [[nodiscard]] std::size_t size() const { return expected_.size(); }

private:
    struct farewell {
        time_point ended;
        std::string id;
        protocol revision;
    };
    void forget_old(time_point now);

    std::deque<farewell> expected_; // in the order of their ends
};

} // namespace sockeye::engineio
