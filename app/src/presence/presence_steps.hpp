#pragma once

#include "presence/presence_ledger.hpp"

#include <sockeye/app/store.hpp>

#include <optional>
#include <string>

/// What presence keeps in the store, and the transactions on it.
namespace sockeye::app::presence_steps {

inline const std::string online_key = "presence:online";
inline const std::string nodes_key = "presence:nodes";

[[nodiscard]] std::string lease_key(const std::string& node);
[[nodiscard]] std::string entries_key(const std::string& node);
[[nodiscard]] std::string room_key(const std::string& room);          // the contract's
[[nodiscard]] std::string newest_socket_key(const std::string& user); // the contract's
[[nodiscard]] std::string users_key(const presence_entry& entry);     // where its user is listed
[[nodiscard]] std::string sockets_key(const presence_entry& entry);   // that hold the user there

/// What came of an entry's beginning or end.
struct entry_result {
    bool changed = false; // the user has come, or gone
    std::size_t count = 0;
    std::vector<std::string> sockets_left; // of the user, where it ended
    std::vector<std::string> users;        // who is there, where that was asked for
};

/// What an entry's beginning answers besides: in a large room, the users are many.
enum class listing : std::uint8_t { nobody, users };

transaction begin(const presence_entry& entry, const std::string& node, listing what);
/// `only_if_dead`: not if that node's lease is there.
transaction end(const presence_entry& entry, const std::string& node, bool only_if_dead);
/// Another socket takes the place of the newest that has gone.
transaction replace_newest(const std::string& user, const std::string& gone,
                           const std::string& instead);

entry_result read_begin(store_result done, listing what);
entry_result read_end(const store_result& done);

} // namespace sockeye::app::presence_steps
