#include "ack_table.hpp"
#include "net/fake_shards.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace sockeye::socketio {
namespace {

struct noted_table {
    fake_shards shards{1};
    ack_table table{shards};
    std::vector<std::string> notes;

    void expect(std::uint64_t id) {
        table.add(id, std::nullopt, [this, id](const ack_error& error, const array& answer) {
            notes.push_back(std::to_string(id) + ' ' +
                            (error ? error.message : std::to_string(answer.size())));
        });
    }
};

} // namespace

TEST_CASE("an acknowledgement is finished once, by its answer") {
    noted_table t;
    t.expect(3);
    CHECK_FALSE(t.table.answer(4, {}));
    CHECK(t.table.answer(3, array{"a", "b"}));
    CHECK_FALSE(t.table.answer(3, {}));
    CHECK(t.notes == std::vector<std::string>{"3 2"});
    CHECK(t.table.size() == 0);
}

TEST_CASE("an acknowledgement that is forgotten tells nobody") {
    noted_table t;
    t.expect(1);
    t.table.forget(1);
    CHECK_FALSE(t.table.answer(1, {}));
    t.table.fail_all("gone");
    CHECK(t.notes.empty());
}

TEST_CASE("all that is owed fails at once") {
    noted_table t;
    t.expect(1);
    t.expect(2);
    t.table.fail_all("gone");
    std::ranges::sort(t.notes);
    CHECK(t.notes == std::vector<std::string>{"1 gone", "2 gone"});
    CHECK(t.table.size() == 0);
}

TEST_CASE("who is told of an end may ask again") {
    noted_table t;
    t.table.add(1, std::nullopt, [&t](const ack_error&, const array&) { t.expect(2); });
    CHECK(t.table.answer(1, {}));
    t.table.add(3, std::nullopt, [&t](const ack_error&, const array&) { t.expect(4); });
    t.table.fail_all("gone");
    CHECK(t.table.size() == 1); // 4, which was asked for afterwards
    CHECK(t.notes == std::vector<std::string>{"2 gone"});
}

} // namespace sockeye::socketio
