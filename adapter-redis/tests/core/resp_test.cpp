#include "codec/resp.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sockeye::adapter_redis {
namespace {

using enum reply_kind;

// All replies in `bytes`, which come in pieces of that size; an error ends them.
std::vector<reply> read(std::string_view bytes, std::size_t piece) {
    reply_reader reader;
    std::vector<reply> all;
    for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
        reader.feed(bytes.substr(0, piece));
        reply next;
        read_status status;
        while ((status = reader.next(next)) == read_status::reply)
            all.push_back(std::exchange(next, {}));
        if (status == read_status::error) {
            all.push_back({.kind = error, .text = "broken"});
            return all;
        }
    }
    return all;
}

void check(const std::string& bytes, const std::vector<reply>& expected) {
    for (const std::size_t piece : {std::size_t{1}, std::size_t{3}, bytes.size()}) {
        INFO("in pieces of ", piece);
        CHECK(read(bytes, piece) == expected);
    }
}

TEST_CASE("a command is written as an array of its words") {
    using namespace std::string_view_literals;
    std::string out;
    append_command(out, {"SET", "", "a\r\n\0"sv});
    CHECK(out == "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$4\r\na\r\n\0\r\n"sv);
}

TEST_CASE("every kind of reply is read, however it is cut") {
    check("+OK\r\n:-42\r\n$3\r\na\r\n\r\n$-1\r\n*-1\r\n-ERR no\r\n*0\r\n",
          {{.kind = text, .text = "OK"},
           {.kind = integer, .integer = -42},
           {.kind = text, .text = "a\r\n"},
           {},
           {},
           {.kind = error, .text = "ERR no"},
           {.kind = array}});
    check("*2\r\n*1\r\n:1\r\n$-1\r\n",
          {{.kind = array,
            .items = {{.kind = array, .items = {{.kind = integer, .integer = 1}}}, {}}}});
}

TEST_CASE("what Redis would not say ends the reading") {
    check("+OK\r\nHTTP/1.1 400\r\n",
          {{.kind = text, .text = "OK"}, {.kind = error, .text = "broken"}});
    check("*2000000000\r\n", {{.kind = error, .text = "broken"}});
    check("*1\r\n*2000000000\r\n", {{.kind = error, .text = "broken"}});
}

} // namespace
} // namespace sockeye::adapter_redis
