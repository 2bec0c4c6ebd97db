#include "codec/msgpack.hpp"
#include "codec/packet_head.hpp"

namespace sockeye::socketio {

namespace {

constexpr std::string_view no_error;

/// The packet that `from` describes. Unlike socket.io-msgpack-parser it refuses the event names
/// that the default parser refuses: with these a client could call the server's own listeners.
/// Keys that are not known, such as the `options` of JavaScript clients, are ignored.
std::string_view read_packet(value& from, const parser_limits& limits, packet& into) {
    const value* type = from.find("type");
    const auto* digit = type == nullptr ? nullptr : type->get_if<std::int64_t>();
    if (digit == nullptr || *digit < 0 || *digit > 4) return "invalid packet type";
    into.type = static_cast<packet_type>(*digit);

    value* nsp = from.find("nsp");
    auto* name = nsp == nullptr ? nullptr : nsp->get_if<std::string>();
    if (name == nullptr) return "invalid namespace";
    if (name->size() > limits.max_namespace_length) return "namespace name too long";
    into.nsp = std::move(*name);

    value* data = from.find("data");
    into.data = data == nullptr ? value() : std::move(*data);
    const bool needs_data =
        into.type == packet_type::event || into.type == packet_type::ack ||
        into.type == packet_type::connect_error; // which the default parser does without
    if (!is_valid_data(into.type, into.data) || (needs_data && into.data.is_null())) {
        return "invalid payload";
    }

    const value* id = from.find("id");
    into.id.reset();
    if (id == nullptr || id->is_null()) return no_error;
    const auto* number = id->get_if<std::int64_t>();
    if (number == nullptr || *number < 0) return "invalid packet id";
    into.id = static_cast<std::uint64_t>(*number);
    return no_error;
}

class msgpack_decoder final : public decoder {
public:
    explicit msgpack_decoder(const parser_limits& limits) : limits_(limits) {}

    decode_result add(std::string_view data, bool binary, packet& into) override {
        value whole;
        if (!binary || !parse_msgpack(data, limits_, whole)) {
            return {decode_status::error, "invalid payload"};
        }
        packet read;
        const std::string_view error = read_packet(whole, limits_, read);
        if (!error.empty()) return {decode_status::error, error};
        into = std::move(read);
        return {decode_status::packet};
    }

    void reset() override {} // a packet is one message: nothing is ever unfinished

private:
    const parser_limits& limits_; // the parser's
};

class packed_parser final : public parser {
public:
    explicit packed_parser(const parser_limits& limits) : limits_(limits) {
        ++limits_.max_depth;        // the packet itself is an object here
        limits_.max_elements += 16; // with keys and values of its own
    }

    using parser::encode;
    void encode(const packet& from, message_sink& into) const override {
        std::string bytes;
        append_msgpack(bytes, from);
        into.add(bytes, true);
    }

    [[nodiscard]] std::unique_ptr<decoder> make_decoder() const override {
        return std::make_unique<msgpack_decoder>(limits_);
    }

private:
    parser_limits limits_;
};

} // namespace

std::shared_ptr<const parser> msgpack_parser(const parser_limits& limits) {
    return std::make_shared<packed_parser>(limits);
}

} // namespace sockeye::socketio
