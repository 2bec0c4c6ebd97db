#include "codec/resp.hpp"
#include "state/subscription_table.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

namespace sockeye::adapter_redis {
namespace {

std::string command(std::initializer_list<std::string_view> words) {
    std::string out;
    append_command(out, words);
    return out;
}

reply text(std::string_view of) {
    return {.kind = reply_kind::text, .text = std::string(of)};
}

reply pushed(std::initializer_list<std::string_view> words) {
    reply whole{.kind = reply_kind::array};
    for (const std::string_view word : words)
        whole.items.push_back(text(word));
    return whole;
}

// A table whose listeners write down what they hear.
struct table_script {
    std::string add(subscription_table::id which, channel_kind kind, std::string_view name) {
        const std::string who = std::to_string(which);
        return table.add(
            which, kind, name,
            [this, who](std::string_view channel, std::string_view payload) {
                heard.push_back(who + " " + std::string(channel) + "=" + std::string(payload));
            },
            [this, who] { heard.push_back(who + " ready"); });
    }
    void push(std::initializer_list<std::string_view> words) {
        CHECK(table.on_push(pushed(words)) == "");
    }
    void expects(const std::vector<std::string>& lines) {
        CHECK(heard == lines);
        heard.clear();
    }

    subscription_table table;
    std::vector<std::string> heard;
};

using enum channel_kind;

TEST_CASE("each kind of channel has its commands and its messages") {
    table_script script;
    CHECK(script.add(1, plain, "a") == command({"SUBSCRIBE", "a"}));
    CHECK(script.add(2, pattern, "a*") == command({"PSUBSCRIBE", "a*"}));
    CHECK(script.add(3, sharded, "a") == command({"SSUBSCRIBE", "a"}));
    script.push({"message", "a", "x"});
    script.push({"pmessage", "a*", "ab", "y"});
    script.push({"smessage", "a", "z"});
    script.expects({"1 a=x", "2 ab=y", "3 a=z"});
    CHECK(script.table.remove(1) == command({"UNSUBSCRIBE", "a"}));
    CHECK(script.table.remove(2) == command({"PUNSUBSCRIBE", "a*"}));
    CHECK(script.table.remove(3) == command({"SUNSUBSCRIBE", "a"}));
    CHECK(script.table.empty());
}

TEST_CASE("several may listen to one name, which is subscribed once") {
    table_script script;
    CHECK(script.add(1, plain, "a") != "");
    CHECK(script.add(2, plain, "a") == "");
    script.push({"message", "a", "x"});
    script.expects({"1 a=x", "2 a=x"});
    CHECK(script.table.remove(1) == "");
    script.push({"message", "a", "y"});
    script.expects({"2 a=y"});
    CHECK(script.table.remove(2) != "");
}

TEST_CASE("who subscribes is told once that it is in place") {
    table_script script;
    CHECK(script.add(1, plain, "a") != "");
    script.expects({});
    script.push({"subscribe", "a", "1"});
    script.expects({"1 ready"});
    CHECK(script.add(2, plain, "a") == "");
    script.expects({"2 ready"});
    CHECK(script.table.restore() == command({"SUBSCRIBE", "a"}));
    CHECK(script.add(3, plain, "a") == "");
    script.expects({});
    script.push({"subscribe", "a", "1"});
    script.expects({"3 ready"});
}

TEST_CASE("a new connection is told everything that is left") {
    table_script script;
    CHECK(script.add(1, plain, "a") != "");
    CHECK(script.add(2, pattern, "b*") != "");
    CHECK(script.add(3, sharded, "c") != "");
    CHECK(script.table.remove(1) != "");
    CHECK(script.table.restore() == command({"PSUBSCRIBE", "b*"}) + command({"SSUBSCRIBE", "c"}));
}

TEST_CASE("what nobody listens to any more, and what is not understood, is passed over") {
    table_script script;
    CHECK(script.table.remove(7) == "");
    script.push({"message", "a", "x"});
    script.push({"subscribe", "a", "1"});
    script.push({"pong", ""});
    script.push({"news", "a", "x"});
    script.push({});
    CHECK(script.table.on_push(text("PONG")) == "");
    script.expects({});
}

TEST_CASE("channels of a cluster that another server has are asked for again") {
    table_script script;
    script.add(1, channel_kind::sharded, "a");
    script.add(2, channel_kind::sharded, "b");
    script.push({"ssubscribe", "a", "1"});
    CHECK_FALSE(script.table.is_lacking());
    CHECK(script.table.on_push({.kind = reply_kind::error, .text = "MOVED 1 127.0.0.1:7001"}) ==
          "");
    CHECK(script.table.is_lacking());
    CHECK(script.table.repeat() == command({"SSUBSCRIBE", "b"}));
    CHECK_FALSE(script.table.is_lacking());
    script.push({"ssubscribe", "b", "2"});
    script.push({"sunsubscribe", "a", "1"}); // the slot has gone to another server
    CHECK(script.table.is_lacking());
    CHECK(script.table.repeat() == command({"SSUBSCRIBE", "a"}));
    script.expects({"1 ready", "2 ready"});
}

TEST_CASE("channels that a cluster has no server for at the moment are asked for again") {
    for (const char* const error :
         {"CLUSTERDOWN Hash slot not served", "TRYAGAIN Multiple keys request during rehashing"}) {
        table_script script;
        script.add(1, channel_kind::sharded, "a");
        CHECK(script.table.on_push({.kind = reply_kind::error, .text = error}) == "");
        CHECK(script.table.is_lacking());
        CHECK(script.table.repeat() == command({"SSUBSCRIBE", "a"}));
    }
}

TEST_CASE("what ends by our own wish is not asked for again") {
    table_script script;
    script.add(1, channel_kind::sharded, "a");
    script.push({"ssubscribe", "a", "1"});
    CHECK(script.table.remove(1) == command({"SUNSUBSCRIBE", "a"}));
    script.push({"sunsubscribe", "a", "0"});
    CHECK_FALSE(script.table.is_lacking());
}

TEST_CASE("an error is handed on") {
    table_script script;
    CHECK(script.table.on_push({.kind = reply_kind::error, .text = "NOPERM"}) == "NOPERM");
}

} // namespace
} // namespace sockeye::adapter_redis
