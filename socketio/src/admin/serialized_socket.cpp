#include "admin/serialized_socket.hpp"

#include "socket_core.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <utility>

namespace sockeye::socketio::admin {
namespace {

constexpr std::string_view details_key = "_admin";
constexpr std::size_t client_id_length = 12; // of the session's id, which is a secret as a whole

// The client's, where a proxy stands before us.
std::string client_address(const handshake& from) {
    for (const std::string_view name : {"cf-connecting-ip", "x-forwarded-for"})
        for (const auto& [key, text] : from.headers)
            if (key == name) return text;
    return from.address;
}

value serialize_handshake(const handshake& from) {
    object all = std::move(to_value(from).as_object());
    all["address"] = client_address(from);
    all.erase("auth"); // holds tokens and passwords
    return all;
}

object connection_of(const socket_core& one) {
    const engineio::session* const session = one.session();
    if (!session) return {};
    return {{"clientId", session->id().substr(0, client_id_length)},
            {"transport", engineio::name(session->transport())}};
}

} // namespace

value serialize(socket_core& one) {
    socket_details details{one.id(), one.handshake(), one.rooms(), one.data()};
    add_admin_details(one, details);
    return serialize(details, one.nsp().name());
}

value serialize(const socket_details& fetched, std::string_view nsp) {
    value data = fetched.data;
    object connection;
    if (value* const known = data.find(details_key); known && known->is_object()) {
        connection = std::move(known->as_object());
        data.as_object().erase(details_key);
    }
    return object{{"id", fetched.id},
                  {"clientId", connection["clientId"]},
                  {"transport", connection["transport"]},
                  {"nsp", nsp},
                  {"data", std::move(data)},
                  {"handshake", serialize_handshake(fetched.handshake)},
                  {"rooms", to_value(fetched.rooms)}};
}

void add_admin_details(socket_core& of, socket_details& to) {
    if (to.data.is_object()) to.data.as_object()[details_key] = connection_of(of);
}

std::string now_as_json() {
    using namespace std::chrono;
    const auto since_1970 = duration_cast<milliseconds>(system_clock::now().time_since_epoch());
    const auto time = static_cast<std::time_t>(since_1970.count() / 1000);
    std::tm parts{};
    gmtime_r(&time, &parts);
    std::array<char, 40> text{};
    const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
    std::snprintf(text.data() + size, text.size() - size, ".%03dZ",
                  static_cast<int>(since_1970.count() % 1000));
    return text.data();
}

} // namespace sockeye::socketio::admin
