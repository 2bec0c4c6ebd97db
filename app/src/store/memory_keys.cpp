#include "store/memory_keys.hpp"

#include <algorithm>
#include <charconv>
#include <ranges>
#include <stdexcept>

namespace sockeye::app {

namespace {

std::int64_t number(std::string_view text) {
    std::int64_t read = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (error != std::errc() || end != text.data() + text.size())
        throw std::invalid_argument("value is not an integer or out of range");
    return read;
}

std::int64_t add_to(std::string& held, const std::string& by) {
    std::int64_t sum = 0;
    if (__builtin_add_overflow(held.empty() ? 0 : number(held), number(by), &sum))
        throw std::invalid_argument("increment would overflow");
    held = std::to_string(sum);
    return sum;
}

template<class Container>
std::vector<std::string> copy_of(const Container& members) {
    return {members.begin(), members.end()};
}

} // namespace

store_result memory_keys::apply(const transaction& what, milliseconds now,
                                std::vector<published_message>& published) {
    forget_ended(now);
    const auto fails = [this](const store_step& step) {
        return is_condition(step.verb) && !holds(step);
    };
    if (std::ranges::any_of(what.steps(), fails)) return {};
    store_result result{.applied = true};
    for (const store_step& step : what.steps()) {
        if (is_condition(step.verb)) continue;
        const bool skip = !step.skip_if_exists.empty() && keys_.contains(step.skip_if_exists);
        if (skip)
            result.replies.emplace_back();
        else if (step.verb == store_verb::publish) {
            published.push_back({step.key, step.arguments[0]});
            result.replies.emplace_back();
        } else
            result.replies.push_back(perform(step, now));
    }
    return result;
}

bool memory_keys::holds(const store_step& condition) {
    switch (condition.verb) {
    case store_verb::require_absent:
        return !keys_.contains(condition.key);
    case store_verb::require_exists:
        return keys_.contains(condition.key);
    case store_verb::require_equal: {
        const text* held = find<text>(condition.key);
        return held && *held == condition.arguments[0];
    }
    default: {
        const fields* held = find<fields>(condition.key);
        const auto field = held ? held->find(condition.arguments[0]) : fields::const_iterator();
        return held && field != held->end() && field->second == condition.arguments[1];
    }
    }
}

store_reply memory_keys::perform(const store_step& step, milliseconds now) {
    if (step.verb < store_verb::get_field) return perform_on_key(step, now);
    if (step.verb < store_verb::add_member) return perform_on_hash(step);
    if (step.verb < store_verb::add_scored) return perform_on_set(step);
    return perform_on_scored(step);
}

store_reply memory_keys::perform_on_key(const store_step& step, milliseconds now) {
    switch (step.verb) {
    case store_verb::get: {
        const text* held = find<text>(step.key);
        return {.text = held ? std::optional(*held) : std::nullopt};
    }
    case store_verb::set: {
        erase(step.key); // of whatever kind
        make<text>(step.key) = step.arguments[0];
        const milliseconds life(number(step.arguments[1]));
        if (life.count() > 0) set_end(keys_.find(step.key), now + life);
        return {};
    }
    case store_verb::erase:
        return {.number = erase(step.key)};
    case store_verb::exists:
        return {.number = keys_.contains(step.key)};
    case store_verb::increment:
        return {.number = add_to(make<text>(step.key), step.arguments[0])};
    default:
        break;
    }
    const auto found = keys_.find(step.key);
    if (step.verb == store_verb::time_left) {
        if (found == keys_.end()) return {.number = -2};
        const milliseconds ends = found->second.ends;
        return {.number = ends.count() == 0 ? -1 : (ends - now).count()};
    }
    if (found == keys_.end()) return {};
    const bool keep = step.verb == store_verb::expire_if_lasting && found->second.ends.count() != 0;
    if (!keep) set_end(found, now + milliseconds(number(step.arguments[0])));
    return {.number = !keep};
}

store_reply memory_keys::perform_on_hash(const store_step& step) {
    if (step.verb == store_verb::set_field)
        return {.number = make<fields>(step.key)
                              .insert_or_assign(step.arguments[0], step.arguments[1])
                              .second};
    if (step.verb == store_verb::increment_field)
        return {.number = add_to(make<fields>(step.key)[step.arguments[0]], step.arguments[1])};
    fields* held = find<fields>(step.key);
    if (!held) return {};
    if (step.verb == store_verb::get_fields) {
        store_reply all;
        for (const auto& [name, value] : *held)
            all.items.insert(all.items.end(), {name, value});
        return all;
    }
    const auto found = held->find(step.arguments[0]);
    if (found == held->end()) return {};
    if (step.verb == store_verb::get_field) return {.text = found->second};
    held->erase(found);
    drop_if_empty(step.key);
    return {.number = 1};
}

store_reply memory_keys::perform_on_set(const store_step& step) {
    if (step.verb == store_verb::add_member)
        return {.number = make<member_set>(step.key).insert(step.arguments[0]).second};
    member_set* held = find<member_set>(step.key);
    if (!held) return {};
    switch (step.verb) {
    case store_verb::has_member:
        return {.number = held->contains(step.arguments[0])};
    case store_verb::members:
        return {.items = copy_of(*held)};
    case store_verb::count_members:
        return {.number = static_cast<std::int64_t>(held->size())};
    default: {
        const auto removed = static_cast<std::int64_t>(held->erase(step.arguments[0]));
        drop_if_empty(step.key);
        return {.number = removed};
    }
    }
}

store_reply memory_keys::perform_on_scored(const store_step& step) {
    if (step.verb == store_verb::add_scored) {
        auto& held = make<scored>(step.key);
        const std::int64_t score = number(step.arguments[0]);
        const auto [found, added] = held.scores.try_emplace(step.arguments[1], score);
        if (!added) held.order.erase({std::exchange(found->second, score), step.arguments[1]});
        held.order.emplace(score, step.arguments[1]);
        return {.number = added};
    }
    scored* held = find<scored>(step.key);
    if (!held) return {};
    if (step.verb == store_verb::count_scored)
        return {.number = static_cast<std::int64_t>(held->order.size())};
    if (step.verb == store_verb::scored_up_to) {
        store_reply due;
        const auto limit = static_cast<std::size_t>(number(step.arguments[1]));
        for (const auto& [score, member] : held->order) {
            if (score > number(step.arguments[0]) || due.items.size() == limit) break;
            due.items.push_back(member);
        }
        return due;
    }
    if (step.verb == store_verb::highest_scored) {
        const auto limit = static_cast<std::size_t>(number(step.arguments[0]));
        store_reply highest;
        for (const auto& [score, member] :
             held->order | std::views::reverse | std::views::take(limit))
            highest.items.push_back(member);
        return highest;
    }
    const auto found = held->scores.find(step.arguments[0]);
    if (found == held->scores.end()) return {};
    held->order.erase({found->second, found->first});
    held->scores.erase(found);
    drop_if_empty(step.key);
    return {.number = 1};
}

template<class Kind>
Kind* memory_keys::find(const std::string& key) {
    const auto found = keys_.find(key);
    if (found == keys_.end()) return nullptr;
    Kind* held = std::get_if<Kind>(&found->second.content);
    if (!held) throw std::invalid_argument("key '" + key + "' holds another kind of value");
    return held;
}

template<class Kind>
Kind& memory_keys::make(const std::string& key) {
    if (Kind* held = find<Kind>(key)) return *held;
    return keys_[key].content.emplace<Kind>();
}

void memory_keys::drop_if_empty(const std::string& key) {
    const auto size = [](const auto& content) {
        if constexpr (requires { content.order; })
            return content.order.size();
        else
            return content.size();
    };
    if (std::visit(size, keys_.find(key)->second.content) == 0) erase(key);
}

bool memory_keys::erase(const std::string& key) {
    const auto found = keys_.find(key);
    if (found == keys_.end()) return false;
    ends_.erase({found->second.ends, key});
    keys_.erase(found);
    return true;
}

void memory_keys::set_end(table::iterator which, milliseconds at) {
    auto& [key, held] = *which;
    ends_.erase({held.ends, key});
    held.ends = at;
    ends_.emplace(at, key);
}

void memory_keys::forget_ended(milliseconds now) {
    while (!ends_.empty() && ends_.begin()->first <= now)
        erase(std::string(ends_.begin()->second));
}

} // namespace sockeye::app
