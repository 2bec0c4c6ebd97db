#include "encoded_event.hpp"

#include <utility>

namespace sockeye::socketio {

encoded_event::encoded_event(const parser& with, packet from, selection to, const emit_flags& flags,
                             bool has_offset)
    : parser_(with), packet_(std::move(from)), to_(std::move(to)), volatile_flag_(flags.volatile_),
      compress_(flags.compress), has_offset_(has_offset) {
    struct sharing_sink final : message_sink {
        sharing_sink(encoded_event& into, bool may_compress) : to(into), compress(may_compress) {}
        void add(std::string_view data, bool binary) override {
            to.messages_.push_back(engineio::encode_message(data, binary, compress));
            to.bytes_ += data.size();
        }
        encoded_event& to;
        bool compress;
    } sink(*this, flags.compress);
    with.encode(packet_, sink);
}

outgoing_list encoded_event::share() const {
    outgoing_list handles;
    handles.reserve(messages_.size());
    for (const engineio::encoded_ptr& message : messages_)
        handles.push_back(engineio::outgoing::share(message));
    return handles;
}

outgoing_list encoded_event::encode_without_offset() const {
    packet shorter = packet_;
    shorter.data.as_array().pop_back();
    return encode_for_one(parser_, shorter, compress_);
}

outgoing_list encode_for_one(const parser& with, const packet& from, bool compress) {
    struct sink_for_one final : message_sink {
        explicit sink_for_one(bool may_compress) : compress(may_compress) {}
        void add(std::string_view data, bool binary) override {
            messages.push_back(
                engineio::outgoing::make(engineio::packet_type::message, data, binary, compress));
        }
        outgoing_list messages;
        bool compress;
    } sink(compress);
    with.encode(from, sink);
    return std::move(sink.messages);
}

} // namespace sockeye::socketio
