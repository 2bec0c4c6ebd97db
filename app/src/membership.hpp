#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

namespace sockeye::app {

/// Which sessions each connection has to do with, of some kind of doing.
class membership {
public:
    void add(const std::string& connection, const std::string& session) {
        sessions_[connection].insert(session);
    }
    void remove(const std::string& connection, const std::string& session) {
        const auto found = sessions_.find(connection);
        if (found == sessions_.end()) return;
        found->second.erase(session);
        if (found->second.empty()) sessions_.erase(found);
    }
    [[nodiscard]] bool has(const std::string& connection, const std::string& session) const {
        const auto found = sessions_.find(connection);
        return found != sessions_.end() && found->second.contains(session);
    }
    [[nodiscard]] std::size_t count(const std::string& connection) const {
        const auto found = sessions_.find(connection);
        return found == sessions_.end() ? 0 : found->second.size();
    }
    [[nodiscard]] std::set<std::string> sessions_of(const std::string& connection) const {
        const auto found = sessions_.find(connection);
        return found == sessions_.end() ? std::set<std::string>() : found->second;
    }

private:
    std::unordered_map<std::string, std::set<std::string>> sessions_;
};

} // namespace sockeye::app
