#include "operations.hpp"

#include <sockeye/socketio/parser.hpp>

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sockeye::bench {
namespace {

using namespace socketio;

// What chats and games send: a name, some text, some numbers, an object.
packet text_event() {
    return {.data = array{"move", "a line of text, as people write it", 17, -2.5,
                          object{{"x", 1024}, {"y", 768}, {"visible", true}}}};
}

packet binary_event() {
    packet event = text_event();
    event.data.as_array().emplace_back(binary{std::string(64, '\x5a')});
    return event;
}

struct encoding {
    void operator()() const { keep(parser->encode(what)); }

    std::shared_ptr<const socketio::parser> parser;
    packet what;
};

struct decoding {
    decoding(std::shared_ptr<const socketio::parser> by, const packet& what)
        : parser(std::move(by)), messages(parser->encode(what)), decoder(parser->make_decoder()) {}

    void operator()() {
        packet into;
        decode_status status = decode_status::need_more;
        for (const wire_message& message : messages)
            status = decoder->add(message.data, message.binary, into).status;
        must(status == decode_status::packet);
        keep(into);
    }

    std::shared_ptr<const socketio::parser> parser;
    std::vector<wire_message> messages;
    std::shared_ptr<socketio::decoder> decoder; // shared: an operation must be copyable
};

} // namespace

operations socketio_operations() {
    return {
        {"encode-event", encoding{default_parser(), text_event()}},
        {"encode-event-binary", encoding{default_parser(), binary_event()}},
        {"encode-event-msgpack", encoding{msgpack_parser(), binary_event()}},
        {"decode-event", decoding(default_parser(), text_event())},
        {"decode-event-binary", decoding(default_parser(), binary_event())},
        {"decode-event-msgpack", decoding(msgpack_parser(), binary_event())},
    };
}

} // namespace sockeye::bench
