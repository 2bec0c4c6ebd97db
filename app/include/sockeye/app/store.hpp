#pragma once

#include <sockeye/socketio/pending.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::app {

using std::chrono::milliseconds;
using std::chrono::seconds;

// What a step of a transaction answers.
struct store_reply {
    std::int64_t number = 0;              // how many, the new count, or 1 for yes
    std::optional<std::string> text = {}; // the value; none where there is none
    std::vector<std::string> items = {};  // members, or fields and values in turn

    bool operator==(const store_reply&) const = default;
};

struct store_result {
    bool applied = false;                  // false: a condition did not hold, and nothing was done
    std::vector<store_reply> replies = {}; // one for each step, in their order
};

enum class store_verb : std::uint8_t {
    // Conditions of the whole transaction.
    require_absent,
    require_exists,
    require_equal,
    require_field,
    // Values.
    get,
    set,
    erase,
    exists,
    increment,
    // Any key.
    expire,
    expire_if_lasting,
    time_left,
    // Hashes.
    get_field,
    get_fields,
    set_field,
    erase_field,
    increment_field,
    // Sets.
    add_member,
    remove_member,
    has_member,
    members,
    count_members,
    // Sets in order of a number, such as a time.
    add_scored,
    remove_scored,
    scored_up_to,
    highest_scored,
    count_scored,

    publish,
};

// Has no reply, and decides whether the other steps happen.
[[nodiscard]] constexpr bool is_condition(store_verb verb) {
    return verb <= store_verb::require_field;
}

struct store_step {
    store_verb verb;
    std::string key;
    std::vector<std::string> arguments = {};
    std::string skip_if_exists = {}; // a key; the step does nothing, and answers 0, while it exists
};

// Steps that happen as one: between them nobody else's happen. Conditions come first; if one does
// not hold, no step is done at all. Each step that is no condition has a reply.
//
//     transaction leave;
//     leave.remove_member("room:1:alice", socket)
//         .unless_exists("room:1:alice").remove_member("room:1:users", "alice")
//         .count_members("room:1:users");
//     const auto done = co_await state.commit(std::move(leave));
//
// A set or a hash without content does not exist. A key of another kind than the step needs is an
// error of the whole.
class transaction {
public:
    transaction() = default;
    explicit transaction(std::vector<store_step> steps) : steps_(std::move(steps)) {}

    transaction& require_absent(std::string key);
    transaction& require_exists(std::string key);
    transaction& require_equal(std::string key, std::string value);
    transaction& require_field(std::string key, std::string field, std::string value);

    // The next step is left out while that key exists, as the steps before it have left things.
    transaction& unless_exists(std::string key);

    transaction& get(std::string key);
    transaction& set(std::string key, std::string value, milliseconds life = {}); // 0: for ever
    transaction& erase(std::string key);                          // number: whether it was there
    transaction& exists(std::string key);                         // number
    transaction& increment(std::string key, std::int64_t by = 1); // number: the new value

    transaction& expire(std::string key, milliseconds life);
    transaction& expire_if_lasting(std::string key,
                                   milliseconds life); // unless it has a life already
    transaction& time_left(std::string key); // number: milliseconds; -1: for ever; -2: not there

    transaction& get_field(std::string key, std::string field);
    transaction& get_fields(std::string key); // items: field, value, field, value, …
    transaction& set_field(std::string key, std::string field, std::string value);
    transaction& erase_field(std::string key, std::string field);
    transaction& increment_field(std::string key, std::string field, std::int64_t by = 1);

    transaction& add_member(std::string key, std::string member);    // number: whether it is new
    transaction& remove_member(std::string key, std::string member); // number: whether it was there
    transaction& has_member(std::string key, std::string member);    // number
    transaction& members(std::string key);                           // items, in any order
    transaction& count_members(std::string key);                     // number

    transaction& add_scored(std::string key, std::string member, std::int64_t score); // or moves it
    transaction& remove_scored(std::string key, std::string member); // number: whether it was there
    // items: members with that score or a lower one, the lowest first.
    transaction& scored_up_to(std::string key, std::int64_t score, std::size_t limit);
    transaction& highest_scored(std::string key, std::size_t limit); // items, the highest first
    transaction& count_scored(std::string key);                      // number

    transaction& publish(std::string channel, std::string payload);

    [[nodiscard]] const std::vector<store_step>& steps() const { return steps_; }
    [[nodiscard]] bool has_conditions() const;

private:
    transaction& add(store_verb verb, std::string key, std::vector<std::string> arguments = {});

    std::vector<store_step> steps_;
    std::string skip_if_exists_;
};

struct store_health {
    bool ready = true;
    std::uint64_t reconnects = 0;
    std::uint64_t failed = 0; // transactions without an answer
    std::size_t queued_bytes = 0;
};

// Where the services keep what all instances share: in memory for one instance, in Redis for many.
// Members may be called from any thread.
class store {
public:
    using message_handler = std::function<void(std::string_view payload)>;
    using subscription_id = std::uint64_t;

    virtual ~store() = default;

    // Done in the order in which one thread commits. Fails, as pending does, with a text for people
    // where there is no answer: whether it was done is not known then.
    virtual socketio::pending<store_result> commit(transaction what) = 0;

    // Handlers are called on any thread, for one channel one after the other, in the order of what
    // was published; they must not wait. `ready`, if any, is called once messages come.
    virtual subscription_id subscribe(std::string channel, message_handler handler,
                                      std::function<void()> ready = {}) = 0;
    // The handler may still be called while this returns.
    virtual void unsubscribe(subscription_id which) = 0;

    // The end, before what waits for answers is gone: transactions without one fail, also those
    // that come later, and no handler is called any more.
    virtual void close() = 0;

    [[nodiscard]] virtual store_health health() const = 0;
};

} // namespace sockeye::app
