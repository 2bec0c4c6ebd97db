#include "presence/presence_steps.hpp"

namespace sockeye::app::presence_steps {

std::string lease_key(const std::string& node) {
    return "presence:node:" + node;
}
std::string entries_key(const std::string& node) {
    return "presence:node:" + node + ":entries";
}
std::string room_key(const std::string& room) {
    return "room:" + room + ":users";
}
std::string newest_socket_key(const std::string& user) {
    return "user:" + user + ":socket";
}
std::string users_key(const presence_entry& entry) {
    return entry.room.empty() ? online_key : room_key(entry.room);
}
// The separator is in no name, so that no two pairs of room and user share a key.
std::string sockets_key(const presence_entry& entry) {
    return entry.room.empty() ? "presence:user:" + entry.user
                              : "presence:room:" + entry.room + '\n' + entry.user;
}

transaction begin(const presence_entry& entry, const std::string& node, listing what) {
    transaction made;
    made.add_member(users_key(entry), entry.user)
        .count_members(users_key(entry))
        .add_member(sockets_key(entry), entry.socket)
        .add_member(entries_key(node), entry.text())
        .add_member(nodes_key, node); // so that others look after it, lease or not
    if (what == listing::users) made.members(users_key(entry));
    if (entry.room.empty()) made.set(newest_socket_key(entry.user), entry.socket);
    return made;
}

entry_result read_begin(store_result done, listing what) {
    entry_result read{.changed = done.replies[0].number == 1,
                      .count = static_cast<std::size_t>(done.replies[1].number)};
    if (what == listing::users) read.users = std::move(done.replies[5].items);
    return read;
}

transaction end(const presence_entry& entry, const std::string& node, bool only_if_dead) {
    transaction made;
    if (only_if_dead) made.require_absent(lease_key(node));
    const std::string sockets = sockets_key(entry);
    made.remove_member(entries_key(node), entry.text())
        .remove_member(sockets, entry.socket)
        .unless_exists(sockets)
        .remove_member(users_key(entry), entry.user)
        .count_members(users_key(entry))
        .members(sockets);
    if (entry.room.empty()) made.unless_exists(sockets).erase(newest_socket_key(entry.user));
    return made;
}

entry_result read_end(const store_result& done) {
    if (!done.applied) return {};
    return {.changed = done.replies[2].number == 1,
            .count = static_cast<std::size_t>(done.replies[3].number),
            .sockets_left = done.replies[4].items};
}

transaction replace_newest(const std::string& user, const std::string& gone,
                           const std::string& instead) {
    transaction made;
    made.require_equal(newest_socket_key(user), gone).set(newest_socket_key(user), instead);
    return made;
}

} // namespace sockeye::app::presence_steps
