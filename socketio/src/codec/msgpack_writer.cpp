#include "codec/msgpack.hpp"
#include "codec/text.hpp"

#include <msgpack/pack.hpp>

#include <cmath>

namespace sockeye::socketio {

namespace {

struct string_sink {
    std::string& out;
    void write(const char* data, std::size_t size) { out.append(data, size); }
};

using packer = msgpack::packer<string_sink>;

// What socket.io-msgpack-parser puts for JavaScript's undefined.
constexpr std::string_view undefined{"\xd4\x00\x00", 3};

// A number without a fraction is an integer to JavaScript, as long as it is one exactly.
bool is_whole(double number) {
    constexpr double two_to_53 = 9007199254740992.0;
    return std::trunc(number) == number && std::abs(number) <= two_to_53;
}

/// Writes a tree without recursion: `open_` holds the way down to where it is.
class msgpack_writer {
public:
    explicit msgpack_writer(std::string& out) : out_(out), sink_{out}, pack_(sink_) {}

    void write(const value& root) {
        begin(root);
        while (!open_.empty()) {
            step();
        }
    }

    void write_text(std::string_view text) {
        if (!is_utf8(text)) return write_raw(repair_utf8(text));
        write_raw(text);
    }

    void write_items(const array& items) {
        pack_.pack_array(static_cast<std::uint32_t>(items.size()));
        for (const value& item : items) {
            write(item);
        }
    }

    void write_members(std::size_t count) { pack_.pack_map(static_cast<std::uint32_t>(count)); }
    void write_id(std::uint64_t id) { pack_.pack_uint64(id); }
    void write_undefined() { out_ += undefined; }

private:
    struct level {
        const value* container;
        std::size_t next;
    };

    void write_raw(std::string_view text) {
        pack_.pack_str(static_cast<std::uint32_t>(text.size()));
        pack_.pack_str_body(text.data(), static_cast<std::uint32_t>(text.size()));
    }

    void step() {
        level& current = open_.back();
        const std::size_t i = current.next++;
        if (const auto* items = current.container->get_if<array>()) {
            if (i == items->size()) return open_.pop_back();
            begin((*items)[i]);
        } else {
            const auto& members = *current.container->get_if<object>();
            if (i == members.size()) return open_.pop_back();
            const auto& [key, val] = members.begin()[static_cast<std::ptrdiff_t>(i)];
            write_text(key);
            begin(val);
        }
    }

    void begin(const value& from) {
        switch (from.kind()) {
        case value_kind::null:
            pack_.pack_nil();
            break;
        case value_kind::boolean:
            *from.get_if<bool>() ? pack_.pack_true() : pack_.pack_false();
            break;
        case value_kind::integer:
            pack_.pack_int64(*from.get_if<std::int64_t>());
            break;
        case value_kind::unsigned_integer:
            pack_.pack_uint64(*from.get_if<std::uint64_t>());
            break;
        case value_kind::number:
            write_number(*from.get_if<double>());
            break;
        case value_kind::string:
            write_text(*from.get_if<std::string>());
            break;
        case value_kind::binary:
            write_binary(from.get_if<binary>()->bytes);
            break;
        case value_kind::array:
            pack_.pack_array(static_cast<std::uint32_t>(from.get_if<array>()->size()));
            open_.push_back({&from, 0});
            break;
        case value_kind::object:
            write_members(from.get_if<object>()->size());
            open_.push_back({&from, 0});
            break;
        }
    }

    void write_number(double number) {
        if (is_whole(number)) {
            pack_.pack_int64(static_cast<std::int64_t>(number));
        } else {
            pack_.pack_double(number);
        }
    }

    void write_binary(std::string_view bytes) {
        pack_.pack_bin(static_cast<std::uint32_t>(bytes.size()));
        pack_.pack_bin_body(bytes.data(), static_cast<std::uint32_t>(bytes.size()));
    }

    std::string& out_;
    string_sink sink_;
    packer pack_;
    std::vector<level> open_;
};

/// An object whose members `first` and `second` a Node server always writes, undefined if unset;
/// for JSON.stringify these would not exist.
void write_pair(msgpack_writer& writer, const object& from, std::string_view first,
                std::string_view second) {
    writer.write_members(2);
    for (const std::string_view name : {first, second}) {
        writer.write_text(name);
        const value* val = from.find(name);
        val != nullptr ? writer.write(*val) : writer.write_undefined();
    }
}

bool has_only(const object& from, std::string_view first, std::string_view second) {
    for (const auto& [key, val] : from) {
        if (key != first && key != second) return false;
    }
    return true;
}

// Node makes this answer in another place than all other connect errors, of other parts.
bool is_invalid_namespace(const packet& from) {
    const value* message = from.data.find("message");
    return from.type == packet_type::connect_error && message != nullptr &&
           from.data.as_object().size() == 1 && *message == value("Invalid namespace");
}

void write_data(msgpack_writer& writer, const packet& from) {
    writer.write_text("data");
    const auto* members = from.data.get_if<object>();
    if (from.type == packet_type::connect && members != nullptr &&
        has_only(*members, "sid", "pid")) {
        return write_pair(writer, *members, "sid", "pid");
    }
    if (from.type == packet_type::connect_error && members != nullptr &&
        has_only(*members, "message", "data") && !is_invalid_namespace(from)) {
        return write_pair(writer, *members, "message", "data");
    }
    writer.write(from.data);
}

unsigned wire_type(packet_type type) {
    if (type == packet_type::binary_event) type = packet_type::event;
    if (type == packet_type::binary_ack) type = packet_type::ack;
    return static_cast<unsigned>(type);
}

} // namespace

void append_msgpack(std::string& out, const value& from) {
    msgpack_writer(out).write(from);
}

void append_msgpack(std::string& out, const array& items) {
    msgpack_writer(out).write_items(items);
}

// The order of the keys is that in which Node's server happens to set them.
void append_msgpack(std::string& out, const packet& from) {
    msgpack_writer writer(out);
    const bool has_data = !from.data.is_null();
    const unsigned type = wire_type(from.type);
    const bool id_first = type == static_cast<unsigned>(packet_type::ack);
    const auto write_id = [&] {
        writer.write_text("id");
        writer.write_id(*from.id);
    };
    const auto write_namespace = [&] {
        writer.write_text("nsp");
        writer.write_text(from.nsp);
    };
    writer.write_members(2 + std::size_t{has_data} + std::size_t{from.id.has_value()});
    if (from.id && id_first) write_id();
    writer.write_text("type");
    writer.write_id(type);
    if (is_invalid_namespace(from)) write_namespace();
    if (has_data) write_data(writer, from);
    if (from.id && !id_first) write_id();
    if (!is_invalid_namespace(from)) write_namespace();
}

} // namespace sockeye::socketio
