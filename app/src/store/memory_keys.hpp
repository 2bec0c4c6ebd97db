#pragma once

#include <sockeye/app/store.hpp>

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <variant>
#include <vector>

namespace sockeye::app {

struct published_message {
    std::string channel;
    std::string payload;
};

/// The keys of a memory_store, and what a transaction does to them. Knows no thread and no clock.
class memory_keys {
public:
    /// `published` gets what is to be published, once the transaction is done.
    /// Throws std::invalid_argument for a key of another kind than a step needs, and has done
    /// nothing of the transaction's then but what came before that step.
    store_result apply(const transaction& what, milliseconds now,
                       std::vector<published_message>& published);
    [[nodiscard]] std::size_t size() const { return keys_.size(); }

private:
    struct hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    using text = std::string;
    using fields = std::unordered_map<std::string, std::string, hash, std::equal_to<>>;
    using member_set = std::unordered_set<std::string, hash, std::equal_to<>>;
    struct scored {
        std::unordered_map<std::string, std::int64_t, hash, std::equal_to<>> scores;
        std::set<std::pair<std::int64_t, std::string>> order;
    };
    struct entry {
        std::variant<text, fields, member_set, scored> content;
        milliseconds ends{}; // 0: never
    };
    using table = std::unordered_map<std::string, entry, hash, std::equal_to<>>;

    void forget_ended(milliseconds now);
    [[nodiscard]] bool holds(const store_step& condition);
    store_reply perform(const store_step& step, milliseconds now);
    store_reply perform_on_key(const store_step& step, milliseconds now);
    store_reply perform_on_hash(const store_step& step);
    store_reply perform_on_set(const store_step& step);
    store_reply perform_on_scored(const store_step& step);

    template<class Kind>
    Kind* find(const std::string& key);
    template<class Kind>
    Kind& make(const std::string& key);
    void drop_if_empty(const std::string& key);
    bool erase(const std::string& key);
    void set_end(table::iterator which, milliseconds at);

    table keys_;
    std::set<std::pair<milliseconds, std::string>> ends_;
};

} // namespace sockeye::app
