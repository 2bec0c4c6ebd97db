#include "store/redis_request.hpp"

#include "store/redis_script.hpp"

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace sockeye::app {

using adapter_redis::reply;
using adapter_redis::reply_kind;

namespace {

// A command of our own, which the script knows: PEXPIRE takes NX only from Redis 7 on.
constexpr std::string_view expire_if_lasting_command = "PEXPIRENX";

std::string_view command_of(store_verb verb) {
    switch (verb) {
    case store_verb::require_absent:
    case store_verb::require_exists:
    case store_verb::exists:
        return "EXISTS";
    case store_verb::require_equal:
    case store_verb::get:
        return "GET";
    case store_verb::require_field:
    case store_verb::get_field:
        return "HGET";
    case store_verb::set:
        return "SET";
    case store_verb::erase:
        return "DEL";
    case store_verb::increment:
        return "INCRBY";
    case store_verb::expire:
        return "PEXPIRE";
    case store_verb::expire_if_lasting:
        return expire_if_lasting_command;
    case store_verb::time_left:
        return "PTTL";
    case store_verb::get_fields:
        return "HGETALL";
    case store_verb::set_field:
        return "HSET";
    case store_verb::erase_field:
        return "HDEL";
    case store_verb::increment_field:
        return "HINCRBY";
    case store_verb::add_member:
        return "SADD";
    case store_verb::remove_member:
        return "SREM";
    case store_verb::has_member:
        return "SISMEMBER";
    case store_verb::members:
        return "SMEMBERS";
    case store_verb::count_members:
        return "SCARD";
    case store_verb::add_scored:
        return "ZADD";
    case store_verb::remove_scored:
        return "ZREM";
    case store_verb::scored_up_to:
        return "ZRANGEBYSCORE";
    case store_verb::highest_scored:
        return "ZREVRANGEBYSCORE";
    case store_verb::count_scored:
        return "ZCARD";
    case store_verb::publish:
        return "PUBLISH";
    }
    return {};
}

/// A command's words after the key. Most steps have their arguments in Redis's order.
std::vector<std::string> arguments_of(const store_step& step) {
    const auto& given = step.arguments;
    switch (step.verb) {
    case store_verb::require_equal:
        return {};
    case store_verb::require_field:
        return {given[0]};
    case store_verb::set:
        if (given[1] == "0" || given[1].starts_with('-')) return {given[0]};
        return {given[0], "PX", given[1]};
    case store_verb::scored_up_to:
        return {"-inf", given[0], "LIMIT", "0", given[1]};
    case store_verb::highest_scored:
        return {"+inf", "-inf", "LIMIT", "0", given[0]};
    default:
        return given;
    }
}

/// What a condition's command must answer.
std::string expected_by(const store_step& condition) {
    switch (condition.verb) {
    case store_verb::require_absent:
        return "0";
    case store_verb::require_exists:
        return "1";
    default:
        return condition.arguments.back();
    }
}

/// The words that the script is given: keys apart, everything else in a row.
class script_words {
public:
    explicit script_words(std::string_view key_prefix) : key_prefix_(key_prefix) {}

    void add_number(std::size_t number) { add(std::to_string(number)); }
    void add(std::string word) { words_.push_back(std::move(word)); }
    /// Which of the keys it is.
    void add_key(const std::string& key) {
        keys_.push_back(std::string(key_prefix_) + key);
        add_number(keys_.size());
    }
    void add_command(const store_step& step) {
        add(std::string(command_of(step.verb)));
        std::vector<std::string> rest = arguments_of(step);
        if (step.verb == store_verb::publish) {
            add_number(0); // a channel is no key
            rest.insert(rest.begin(), step.key);
        } else {
            add_key(step.key);
        }
        add_number(rest.size());
        for (std::string& word : rest)
            add(std::move(word));
    }

    /// As a command.
    std::vector<std::string> take() {
        std::vector<std::string> all{"EVALSHA", transaction_script_digest(),
                                     std::to_string(keys_.size())};
        for (auto* part : {&keys_, &words_})
            all.insert(all.end(), std::make_move_iterator(part->begin()),
                       std::make_move_iterator(part->end()));
        return all;
    }

private:
    const std::string_view key_prefix_;
    std::vector<std::string> keys_;
    std::vector<std::string> words_;
};

redis_request scripted(const std::vector<store_step>& steps, std::string_view key_prefix) {
    redis_request made{.words = {}, .verbs = {}, .by_script = true};
    script_words words(key_prefix);
    words.add_number(
        static_cast<std::size_t>(std::ranges::count_if(steps, is_condition, &store_step::verb)));
    for (const auto& step : steps) {
        if (!is_condition(step.verb)) continue;
        words.add(expected_by(step));
        words.add_command(step);
    }
    for (const auto& step : steps) {
        if (is_condition(step.verb)) continue;
        step.skip_if_exists.empty() ? words.add_number(0) : words.add_key(step.skip_if_exists);
        words.add_command(step);
        made.verbs.push_back(step.verb);
    }
    made.words = words.take();
    return made;
}

bool is_one_command(const std::vector<store_step>& steps) {
    return steps.size() == 1 && !is_condition(steps[0].verb) && steps[0].skip_if_exists.empty() &&
           steps[0].verb != store_verb::expire_if_lasting;
}

store_reply read_step(store_verb verb, reply& from) {
    const bool says_nothing = verb == store_verb::set || verb == store_verb::publish;
    store_reply read;
    if (says_nothing) return read;
    read.number = from.integer;
    if (from.kind == reply_kind::text) read.text = std::move(from.text);
    for (reply& item : from.items)
        read.items.push_back(std::move(item.text));
    return read;
}

} // namespace

redis_request request_of(const transaction& what, std::string_view key_prefix) {
    const auto& steps = what.steps();
    if (!is_one_command(steps)) return scripted(steps, key_prefix);
    const store_step& step = steps[0];
    const std::string prefix(step.verb == store_verb::publish ? "" : key_prefix);
    redis_request made{.words = {std::string(command_of(step.verb)), prefix + step.key},
                       .verbs = {step.verb}};
    for (std::string& word : arguments_of(step))
        made.words.push_back(std::move(word));
    return made;
}

void spell_out_script(redis_request& request) {
    request.words[0] = "EVAL";
    request.words[1] = transaction_script;
}

store_result read_answer(const redis_request& asked, reply answer) {
    if (answer.is_error()) throw std::runtime_error(answer.text);
    if (!asked.by_script) return {.applied = true, .replies = {read_step(asked.verbs[0], answer)}};
    if (answer.kind == reply_kind::nil) return {};
    if (answer.items.size() != asked.verbs.size())
        throw std::runtime_error("Redis answered something else than was asked");
    store_result read{.applied = true};
    for (std::size_t i = 0; i < asked.verbs.size(); ++i)
        read.replies.push_back(read_step(asked.verbs[i], answer.items[i]));
    return read;
}

} // namespace sockeye::app
