#pragma once

#include "codec/json.hpp"
#include "net/socketio_fixture.hpp"

#include <sockeye/socketio/admin_ui.hpp>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::socketio {

inline admin_options open_to_all() {
    admin_options options;
    options.auth = no_authentication{};
    options.update_interval = 5ms;
    return options;
}

inline value parsed(std::string_view json) {
    value made;
    REQUIRE_MESSAGE(parse_json(json, {}, made), json);
    return made;
}

// An admin's front end, as far as it is a client.
class front_end {
public:
    explicit front_end(const socketio_fixture& at, std::string nsp = "/admin")
        : link_(at.connect()), nsp_(std::move(nsp)) {}

    front_end& join(std::string_view auth = {}) {
        link_.send("0" + nsp_ + "," + std::string(auth));
        return *this;
    }
    // Reads on to the CONNECT reply; the id that it gives.
    std::string joined() {
        const value reply = parsed(read_to('0'));
        return reply.find("sid")->as_string();
    }
    std::string refused() { return parsed(read_to('4')).find("message")->as_string(); }

    // Reads on to the next event of that name, for which `meant` is true; its arguments.
    array await(std::string_view event, const std::function<bool(const array&)>& meant = {}) {
        for (;;) {
            array arguments = parsed(read_to('2')).as_array();
            const std::string name = arguments.front().as_string();
            arguments.erase(arguments.begin());
            seen_.push_back(name);
            if (name == event && (!meant || meant(arguments))) return arguments;
        }
    }
    void send(std::string_view command) { link_.send("2" + nsp_ + "," + std::string(command)); }
    // The names of all events that await has read.
    [[nodiscard]] bool has_seen(std::string_view event) const {
        return std::ranges::count(seen_, event) > 0;
    }

private:
    // What the next packet of that type says to the namespace.
    std::string read_to(char type) {
        const std::string head = type + nsp_ + ",";
        for (;;) {
            const std::string packet = link_.read();
            if (packet.starts_with(head)) return packet.substr(head.size());
        }
    }

    packet_client link_;
    std::string nsp_;
    std::vector<std::string> seen_;
};

inline std::function<bool(const array&)> is_at(std::size_t index, value expected) {
    return [index, expected = std::move(expected)](const array& arguments) {
        return arguments.at(index) == expected;
    };
}

} // namespace sockeye::socketio
