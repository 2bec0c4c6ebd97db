#pragma once

#include <sockeye/socketio/event_handler.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

// The handlers of a socket or a namespace, in the order in which they are called.
class listener_list {
public:
    using handler_ptr = std::shared_ptr<event_handler>;

    // Who is to be called for one event. Usually one: no memory is taken for it.
    class called {
    public:
        [[nodiscard]] bool empty() const { return !first_; }
        [[nodiscard]] std::size_t size() const { return first_ ? 1 + more_.size() : 0; }
        [[nodiscard]] event_handler& operator[](std::size_t i) const {
            return i == 0 ? *first_ : *more_[i - 1];
        }

    private:
        friend class listener_list;
        void add(handler_ptr handler);
        handler_ptr first_;
        std::vector<handler_ptr> more_;
    };

    listener add(handler_ptr handler, bool first);
    void remove(const listener& one);
    void remove(std::string_view event);
    void clear() { handlers_.clear(); }

    // A handler may add and remove handlers, itself included: what is called is settled before.
    // Those that are called once are gone from the list.
    [[nodiscard]] called take(std::string_view event);

    [[nodiscard]] bool empty() const { return handlers_.empty(); }
    [[nodiscard]] std::size_t count(std::string_view event) const;
    [[nodiscard]] std::vector<std::string> event_names() const; // each once

private:
    std::vector<handler_ptr> handlers_;
};

} // namespace sockeye::socketio
