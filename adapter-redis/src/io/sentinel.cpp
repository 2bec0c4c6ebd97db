#include "io/sentinel.hpp"

#include "codec/resp.hpp"

#include <charconv>

namespace sockeye::adapter_redis {

namespace {

std::string login(const redis_sentinel_options& with) {
    std::string bytes;
    if (!with.password.empty()) {
        if (with.username.empty())
            append_command(bytes, {"AUTH", with.password});
        else
            append_command(bytes, {"AUTH", with.username, with.password});
    }
    return bytes;
}

std::optional<redis_address> read_address(const reply& answer) {
    if (answer.items.size() != 2) return std::nullopt;
    redis_address address{.host = answer.items[0].text};
    const std::string& port = answer.items[1].text;
    const char* const end = port.data() + port.size();
    const auto [stop, error] = std::from_chars(port.data(), end, address.port);
    if (error != std::errc() || stop != end) return std::nullopt;
    return address;
}

asio::awaitable<std::optional<reply>> read_reply(link_stream& stream, reply_reader& reader) {
    std::array<char, 1024> buffer;
    reply next;
    for (;;) {
        const read_status status = reader.next(next);
        if (status == read_status::reply) co_return next;
        if (status == read_status::error) co_return std::nullopt;
        const auto [error, size] = co_await stream.read(asio::buffer(buffer));
        if (error) co_return std::nullopt;
        reader.feed({buffer.data(), size});
    }
}

// "name old-host old-port new-host new-port"
bool is_switch_of(const std::string& master, const reply& pushed) {
    return pushed.items.size() == 3 && pushed.items[0].text == "message" &&
           pushed.items[2].text.starts_with(master + " ");
}

} // namespace

asio::awaitable<std::optional<redis_address>> ask_sentinel(link_stream& stream,
                                                           const redis_sentinel_options& with) {
    if (co_await stream.connect()) co_return std::nullopt;
    std::string bytes = login(with);
    append_command(bytes, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", with.master_name});
    if (co_await stream.write(bytes)) co_return std::nullopt;
    reply_reader reader;
    auto answer = co_await read_reply(stream, reader);
    if (answer && !with.password.empty() && !answer->is_error())
        answer = co_await read_reply(stream, reader);
    co_return answer ? read_address(*answer) : std::nullopt;
}

asio::awaitable<bool> hear_switch(link_stream& stream, const redis_sentinel_options& with) {
    if (co_await stream.connect()) co_return false;
    std::string bytes = login(with);
    append_command(bytes, {"SUBSCRIBE", "+switch-master"});
    if (co_await stream.write(bytes)) co_return false;
    reply_reader reader;
    for (;;) {
        const auto pushed = co_await read_reply(stream, reader);
        if (!pushed || pushed->is_error()) co_return false;
        if (is_switch_of(with.master_name, *pushed)) co_return true;
    }
}

} // namespace sockeye::adapter_redis
