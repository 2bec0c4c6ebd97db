#include "codec/resp.hpp"

#include <array>
#include <charconv>
#include <hiredis/read.h>

namespace sockeye::adapter_redis {

namespace {

// What hiredis calls to build a reply: the whole is made with `new`, a part has its place in the
// items of the whole. Null tells hiredis to fail.

reply* place_of(const redisReadTask* task) {
    if (task->parent == nullptr) return new reply;
    auto* whole = static_cast<reply*>(task->parent->obj);
    return &whole->items[static_cast<std::size_t>(task->idx)];
}

void* make_text(const redisReadTask* task, char* text, std::size_t size) {
    reply* const made = place_of(task);
    made->kind = task->type == REDIS_REPLY_ERROR ? reply_kind::error : reply_kind::text;
    made->text.assign(text, size);
    return made;
}

void* make_array(const redisReadTask* task, int size) {
    if (size < 0 || static_cast<std::size_t>(size) > reply_reader::max_items) return nullptr;
    reply* const made = place_of(task);
    made->kind = reply_kind::array;
    made->items.resize(static_cast<std::size_t>(size));
    return made;
}

void* make_integer(const redisReadTask* task, long long number) {
    reply* const made = place_of(task);
    made->kind = reply_kind::integer;
    made->integer = number;
    return made;
}

void* make_nil(const redisReadTask* task) {
    return place_of(task);
}

void destroy(void* whole) {
    delete static_cast<reply*>(whole);
}

redisReplyObjectFunctions builders{make_text, make_array, make_integer, make_nil, destroy};

void append_count(std::string& out, char of, std::size_t count) {
    std::array<char, 24> text;
    text[0] = of;
    char* const end = std::to_chars(text.data() + 1, text.data() + text.size() - 2, count).ptr;
    end[0] = '\r';
    end[1] = '\n';
    out.append(text.data(), end + 2);
}

} // namespace

void append_command(std::string& out, std::span<const std::string_view> words) {
    constexpr std::size_t around = 16; // of a word, at most, but for huge ones
    std::size_t bytes = around;
    for (const std::string_view word : words)
        bytes += word.size() + around;
    out.reserve(out.size() + bytes);
    append_count(out, '*', words.size());
    for (const std::string_view word : words) {
        append_count(out, '$', word.size());
        out.append(word).append("\r\n");
    }
}

void append_command(std::string& out, std::initializer_list<std::string_view> words) {
    append_command(out, std::span(words.begin(), words.size()));
}

reply_reader::reply_reader() : reader_(redisReaderCreateWithFunctions(&builders), redisReaderFree) {
    if (!reader_) throw std::bad_alloc();
}

void reply_reader::feed(std::string_view bytes) {
    redisReaderFeed(reader_.get(), bytes.data(), bytes.size()); // the reader remembers a failure
}

read_status reply_reader::next(reply& into) {
    void* whole = nullptr;
    if (redisReaderGetReply(reader_.get(), &whole) != REDIS_OK) return read_status::error;
    if (whole == nullptr) return read_status::need_more;
    const std::unique_ptr<reply> owned(static_cast<reply*>(whole));
    into = std::move(*owned);
    return read_status::reply;
}

} // namespace sockeye::adapter_redis
