#include "io/stream_publisher.hpp"

#include <utility>
#include <vector>

namespace sockeye::adapter_redis {

stream_publisher::stream_publisher(std::shared_ptr<redis_client> link, std::string stream,
                                   std::size_t max_length)
    : link_(std::move(link)), stream_(std::move(stream)), max_length_(std::to_string(max_length)) {}

void stream_publisher::add(socketio::cluster_message message) const {
    add(to_envelope(std::move(message)));
}

void stream_publisher::add(const envelope& entry) const {
    add(encode_entry(entry), {});
}

void stream_publisher::add(stream_fields entry, redis_client::reply_handler then) const {
    std::vector<std::string> words{"XADD", stream_, "MAXLEN", "~", max_length_, "*"};
    for (auto& [name, text] : entry) {
        words.push_back(std::move(name));
        words.push_back(std::move(text));
    }
    link_->say_for(stream_, words, std::move(then));
}

} // namespace sockeye::adapter_redis
