#include <sockeye/socketio/event_name.hpp>

#include <functional>
#include <mutex>
#include <unordered_map>

namespace sockeye::socketio {
namespace {

struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const {
        return std::hash<std::string_view>()(name);
    }
};

struct name_table {
    std::mutex mutex;
    std::unordered_map<std::string, std::size_t, hash, std::equal_to<>> names;
};

name_table& table() {
    static auto* const all = new name_table; // outlives the handlers of static objects
    return *all;
}

} // namespace

event_name::event_name(std::string_view name) {
    name_table& all = table();
    const std::lock_guard lock(all.mutex);
    auto found = all.names.find(name);
    if (found == all.names.end()) found = all.names.emplace(name, 0).first;
    kept_ = &*found;
    ++kept_->second;
}

event_name::~event_name() {
    name_table& all = table();
    const std::lock_guard lock(all.mutex);
    if (--kept_->second == 0) all.names.erase(all.names.find(kept_->first));
}

} // namespace sockeye::socketio
