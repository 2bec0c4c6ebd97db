#include "state/listener_list.hpp"

#include <algorithm>
#include <utility>

namespace sockeye::socketio {

void listener_list::called::add(handler_ptr handler) {
    if (first_)
        more_.push_back(std::move(handler));
    else
        first_ = std::move(handler);
}

listener listener_list::add(handler_ptr handler, bool first) {
    listener added = handler;
    if (handlers_.size() < 8) handlers_.reserve(handlers_.size() + 1); // most sockets stop there
    handlers_.insert(first ? handlers_.begin() : handlers_.end(), std::move(handler));
    return added;
}

void listener_list::remove(const listener& one) {
    if (const handler_ptr handler = one.lock()) std::erase(handlers_, handler);
}

void listener_list::remove(std::string_view event) {
    std::erase_if(handlers_, [&](const handler_ptr& h) { return h->event() == event; });
}

listener_list::called listener_list::take(std::string_view event) {
    called found;
    bool once = false;
    for (const handler_ptr& h : handlers_) {
        if (h->event() != event) continue;
        once = once || h->once();
        found.add(h);
    }
    if (once)
        std::erase_if(handlers_,
                      [&](const handler_ptr& h) { return h->once() && h->event() == event; });
    return found;
}

std::size_t listener_list::count(std::string_view event) const {
    return static_cast<std::size_t>(std::count_if(
        handlers_.begin(), handlers_.end(), [&](const auto& h) { return h->event() == event; }));
}

std::vector<std::string> listener_list::event_names() const {
    std::vector<std::string> names;
    for (const handler_ptr& h : handlers_)
        if (std::find(names.begin(), names.end(), h->event()) == names.end())
            names.push_back(h->event());
    return names;
}

} // namespace sockeye::socketio
