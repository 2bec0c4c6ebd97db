#include "namespace_directory.hpp"

#include "first_call.hpp"
#include "server_core.hpp"

#include <exception>
#include <regex>
#include <stdexcept>
#include <utility>

namespace sockeye::socketio {
namespace {

std::function<bool(const std::string&)> matcher(const pattern& names) {
    try {
        return [expression = std::regex(names.expression)](const std::string& name) {
            return std::regex_search(name, expression);
        };
    } catch (const std::regex_error& error) {
        throw std::invalid_argument("the pattern \"" + names.expression +
                                    "\" is no regular expression: " + error.what());
    }
}

} // namespace

// A client's wish for a namespace, on its way from parent to parent.
struct namespace_directory::question {
    std::string name;
    value auth;
    std::vector<std::shared_ptr<const parent>> parents;
    std::function<void(namespace_ptr)> then;
};

namespace_directory::namespace_ptr namespace_directory::find(std::string_view name) const {
    const auto found = namespaces_.find(name);
    return found == namespaces_.end() ? nullptr : found->second;
}

namespace_directory::namespace_ptr namespace_directory::make(const std::string& name,
                                                             const parent* of) {
    using kind = namespace_core::kind;
    const auto made = std::make_shared<namespace_core>(
        server_, name, of ? kind::child : kind::lasting,
        of ? of->core->rules() : std::make_shared<const namespace_rules>());
    namespaces_.emplace(name, made);
    if (of) {
        ++children_;
        of->core->add_child(made);
    }
    made->adapter().start();
    return made;
}

void namespace_directory::tell_new(const namespace_ptr& made) {
    if (made->name() == "/") return;
    std::vector<std::function<void(namespace_)>> told;
    {
        const std::lock_guard lock(mutex_);
        told = new_handlers_;
    }
    for (const auto& handler : told) {
        try {
            handler(namespace_(made));
        } catch (...) {
            server_.on_failure(made->name(), "new_namespace", std::current_exception());
        }
    }
}

namespace_directory::namespace_ptr namespace_directory::of(std::string name) {
    if (!name.starts_with('/')) name.insert(name.begin(), '/');
    namespace_ptr made;
    {
        const std::lock_guard lock(mutex_);
        if (auto found = find(name)) return found;
        const parent* of_pattern = nullptr;
        for (const auto& p : parents_)
            if (!of_pattern && p->matches && p->matches(name)) of_pattern = p.get();
        made = make(name, of_pattern);
    }
    tell_new(made);
    return made;
}

namespace_directory::namespace_ptr namespace_directory::add(parent born) {
    const std::lock_guard lock(mutex_);
    born.core = std::make_shared<namespace_core>(server_, "/_" + std::to_string(parents_.size()),
                                                 namespace_core::kind::parent,
                                                 std::make_shared<const namespace_rules>());
    parents_.push_back(std::make_shared<const parent>(std::move(born)));
    return parents_.back()->core;
}

namespace_directory::namespace_ptr namespace_directory::add_parent(const pattern& names) {
    const auto matches = matcher(names);
    return add({nullptr,
                [matches](const std::string& name, const value&, const auto& answer) {
                    answer(matches(name));
                },
                matches});
}

namespace_directory::namespace_ptr namespace_directory::add_parent(namespace_predicate allows) {
    return add({nullptr, std::move(allows), nullptr});
}

void namespace_directory::on_new(std::function<void(namespace_)> handler) {
    const std::lock_guard lock(mutex_);
    new_handlers_.push_back(std::move(handler));
}

std::vector<namespace_directory::namespace_ptr> namespace_directory::all() const {
    const std::lock_guard lock(mutex_);
    std::vector<namespace_ptr> list;
    for (const auto& [name, nsp] : namespaces_)
        list.push_back(nsp);
    return list;
}

// ---- clients

namespace_directory::namespace_ptr namespace_directory::enter(std::string_view name) {
    const std::lock_guard lock(mutex_);
    auto found = find(name);
    if (found) ++found->population;
    return found;
}

void namespace_directory::open(const std::string& name, const value& auth,
                               std::function<void(namespace_ptr)> then) {
    const auto about = std::make_shared<question>(question{name, auth, {}, std::move(then)});
    {
        const std::lock_guard lock(mutex_);
        about->parents = parents_;
    }
    ask(about, 0);
}

void namespace_directory::ask(const std::shared_ptr<question>& about, std::size_t next) {
    if (next == about->parents.size()) return about->then(nullptr);
    const parent& asked = *about->parents[next];
    const auto answer = [this, about, next, first = first_call()](bool allowed) {
        if (!first()) return;
        if (!allowed) return ask(about, next + 1);
        about->then(open_child(about->name, *about->parents[next]));
    };
    try {
        asked.allows(about->name, about->auth, answer);
    } catch (const std::exception& error) {
        server_.log(engineio::log_level::error,
                    "exception out of a namespace's function: " + std::string(error.what()));
        answer(false);
    }
}

namespace_directory::namespace_ptr namespace_directory::open_child(const std::string& name,
                                                                   const parent& of) {
    namespace_ptr made;
    {
        const std::lock_guard lock(mutex_);
        if (auto found = find(name)) { // another client was faster
            ++found->population;
            return found;
        }
        if (children_ >= server_.options().max_child_namespaces) return nullptr;
        made = make(name, &of);
        ++made->population;
    }
    tell_new(made);
    return made;
}

void namespace_directory::leave(namespace_core& left) {
    namespace_ptr ended;
    {
        const std::lock_guard lock(mutex_);
        if (--left.population > 0 || left.what() != namespace_core::kind::child ||
            !server_.options().cleanup_empty_child_namespaces)
            return;
        ended = left.shared_from_this();
        namespaces_.erase(ended->name());
        --children_;
    }
    ended->close_adapter();
}

} // namespace sockeye::socketio
