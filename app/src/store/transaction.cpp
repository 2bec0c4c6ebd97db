#include <sockeye/app/store.hpp>

namespace sockeye::app {

transaction& transaction::add(store_verb verb, std::string key,
                              std::vector<std::string> arguments) {
    steps_.push_back(
        {verb, std::move(key), std::move(arguments), std::exchange(skip_if_exists_, {})});
    return *this;
}

bool transaction::has_conditions() const {
    return !steps_.empty() && is_condition(steps_.front().verb);
}

transaction& transaction::require_absent(std::string key) {
    return add(store_verb::require_absent, std::move(key));
}
transaction& transaction::require_exists(std::string key) {
    return add(store_verb::require_exists, std::move(key));
}
transaction& transaction::require_equal(std::string key, std::string value) {
    return add(store_verb::require_equal, std::move(key), {std::move(value)});
}
transaction& transaction::require_field(std::string key, std::string field, std::string value) {
    return add(store_verb::require_field, std::move(key), {std::move(field), std::move(value)});
}
transaction& transaction::unless_exists(std::string key) {
    skip_if_exists_ = std::move(key);
    return *this;
}

transaction& transaction::get(std::string key) {
    return add(store_verb::get, std::move(key));
}
transaction& transaction::set(std::string key, std::string value, milliseconds life) {
    return add(store_verb::set, std::move(key), {std::move(value), std::to_string(life.count())});
}
transaction& transaction::erase(std::string key) {
    return add(store_verb::erase, std::move(key));
}
transaction& transaction::exists(std::string key) {
    return add(store_verb::exists, std::move(key));
}
transaction& transaction::increment(std::string key, std::int64_t by) {
    return add(store_verb::increment, std::move(key), {std::to_string(by)});
}

transaction& transaction::expire(std::string key, milliseconds life) {
    return add(store_verb::expire, std::move(key), {std::to_string(life.count())});
}
transaction& transaction::expire_if_lasting(std::string key, milliseconds life) {
    return add(store_verb::expire_if_lasting, std::move(key), {std::to_string(life.count())});
}
transaction& transaction::time_left(std::string key) {
    return add(store_verb::time_left, std::move(key));
}

transaction& transaction::get_field(std::string key, std::string field) {
    return add(store_verb::get_field, std::move(key), {std::move(field)});
}
transaction& transaction::get_fields(std::string key) {
    return add(store_verb::get_fields, std::move(key));
}
transaction& transaction::set_field(std::string key, std::string field, std::string value) {
    return add(store_verb::set_field, std::move(key), {std::move(field), std::move(value)});
}
transaction& transaction::erase_field(std::string key, std::string field) {
    return add(store_verb::erase_field, std::move(key), {std::move(field)});
}
transaction& transaction::increment_field(std::string key, std::string field, std::int64_t by) {
    return add(store_verb::increment_field, std::move(key), {std::move(field), std::to_string(by)});
}

transaction& transaction::add_member(std::string key, std::string member) {
    return add(store_verb::add_member, std::move(key), {std::move(member)});
}
transaction& transaction::remove_member(std::string key, std::string member) {
    return add(store_verb::remove_member, std::move(key), {std::move(member)});
}
transaction& transaction::has_member(std::string key, std::string member) {
    return add(store_verb::has_member, std::move(key), {std::move(member)});
}
transaction& transaction::members(std::string key) {
    return add(store_verb::members, std::move(key));
}
transaction& transaction::count_members(std::string key) {
    return add(store_verb::count_members, std::move(key));
}

transaction& transaction::add_scored(std::string key, std::string member, std::int64_t score) {
    return add(store_verb::add_scored, std::move(key), {std::to_string(score), std::move(member)});
}
transaction& transaction::remove_scored(std::string key, std::string member) {
    return add(store_verb::remove_scored, std::move(key), {std::move(member)});
}
transaction& transaction::scored_up_to(std::string key, std::int64_t score, std::size_t limit) {
    return add(store_verb::scored_up_to, std::move(key),
               {std::to_string(score), std::to_string(limit)});
}
transaction& transaction::highest_scored(std::string key, std::size_t limit) {
    return add(store_verb::highest_scored, std::move(key), {std::to_string(limit)});
}
transaction& transaction::count_scored(std::string key) {
    return add(store_verb::count_scored, std::move(key));
}

transaction& transaction::publish(std::string channel, std::string payload) {
    return add(store_verb::publish, std::move(channel), {std::move(payload)});
}

} // namespace sockeye::app
