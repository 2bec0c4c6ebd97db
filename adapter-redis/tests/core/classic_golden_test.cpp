#include "codec/channels.hpp"
#include "codec/classic_message.hpp"
#include "codec/classic_translation.hpp"
#include "golden.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <variant>

namespace sockeye::adapter_redis {
namespace {

namespace cluster = socketio::cluster;

const std::vector<std::string> files{"classic.jsonl", "emitter.jsonl", "legacy-v7.jsonl"};

bool is_broadcast(const captured& message) {
    return message.decoded.is_array();
}
bool is_response(const captured& message) {
    return message.channel.find("-response#") != std::string::npos;
}
bool is_request(const captured& message) {
    return !is_broadcast(message) && !is_response(message);
}

template<class Visit>
void for_each(const std::vector<std::string>& of, bool (*wanted)(const captured&), Visit visit) {
    for (const std::string& file : of) {
        for (const captured& message : read_golden(file)) {
            if (!wanted(message)) continue;
            INFO(file, ": ", message.name);
            visit(message);
        }
    }
}

// What the captures call it, from what was read: spelled out here, not by the code under test.

value flags_of(const emit_flags& flags) {
    object out;
    if (flags.volatile_) out["volatile"] = true;
    if (!flags.compress) out["compress"] = false;
    if (flags.timeout) out["timeout"] = static_cast<std::int64_t>(flags.timeout->count());
    if (flags.single_answer) out["expectSingleResponse"] = true;
    return out;
}

value names_of(const std::vector<std::string>& names) {
    return array(names.begin(), names.end());
}

value selection_of(const selection& to) {
    return object{{"rooms", names_of(to.rooms)}, {"except", names_of(to.except)}};
}

value options_of(const selection& to, const emit_flags& flags) {
    return object{
        {"rooms", names_of(to.rooms)}, {"except", names_of(to.except)}, {"flags", flags_of(flags)}};
}

value packet_of(const classic_packet& packet) {
    return object{{"type", 2}, {"data", packet.event}, {"nsp", packet.nsp}};
}

value meaning_of(const classic_broadcast& from) {
    return array{from.uid, packet_of(from.packet), options_of(from.to, from.flags)};
}

struct request_meaning {
    const classic_request& whole;

    value operator()(const ids_request& what) const {
        return with({{"rooms", names_of(what.rooms)}});
    }
    value operator()(const rooms_request&) const { return with({}); }
    value operator()(const join_request& what) const { return move(what.who, what.rooms); }
    value operator()(const leave_request& what) const { return move(what.who, what.rooms); }
    value operator()(const disconnect_request& what) const {
        if (!whole.request_id.empty())
            return with({{"sid", what.who.rooms.at(0)}, {"close", what.close}});
        return with({{"opts", selection_of(what.who)}, {"close", what.close}});
    }
    value operator()(const fetch_request& what) const {
        return with({{"opts", selection_of(what.who)}});
    }
    value operator()(const event_request& what) const { return with({{"data", what.event}}); }
    value operator()(const ask_request& what) const {
        return with(
            {{"packet", packet_of(what.packet)}, {"opts", options_of(what.to, what.flags)}});
    }

    value move(const selection& who, const std::vector<std::string>& rooms) const {
        if (!whole.request_id.empty())
            return with({{"sid", who.rooms.at(0)}, {"room", rooms.at(0)}});
        return with({{"opts", selection_of(who)}, {"rooms", names_of(rooms)}});
    }
    value with(std::initializer_list<object::member> more) const {
        object out{{"type", whole.what.index()}};
        if (!whole.uid.empty()) out["uid"] = whole.uid;
        if (!whole.request_id.empty()) out["requestId"] = whole.request_id;
        for (const auto& [key, member] : more)
            out[key] = member;
        return out;
    }
};

struct response_meaning {
    const std::string& id;

    value operator()(const done_response&) const { return object{{"requestId", id}}; }
    value operator()(const sockets_response& what) const {
        return object{{"requestId", id}, {"sockets", what.sockets}};
    }
    value operator()(const rooms_response& what) const {
        return object{{"requestId", id}, {"rooms", names_of(what.rooms)}};
    }
    value operator()(const event_response& what) const { return with(6, "data", what.answer); }
    value operator()(const client_count_response& what) const {
        return with(8, "clientCount", what.clients);
    }
    value operator()(const client_response& what) const { return with(9, "packet", what.answer); }
    value with(int type, std::string_view key, const std::optional<value>& answer) const {
        object out{{"type", type}, {"requestId", id}};
        if (answer) out[key] = *answer;
        return out;
    }
};

// Numbers that are names read as text, and a flag that changes nothing is not kept.
value simplified(value broadcast) {
    for (value& room : broadcast.as_array().at(2).find("rooms")->as_array())
        if (room == value(42)) room = "42";
    object& flags = broadcast.as_array().at(2).find("flags")->as_object();
    if (const value* compress = flags.find("compress"); compress && *compress == value(true))
        flags.erase("compress");
    return broadcast;
}

// Of the captures of the classic adapter and of version 7, those that we write differently.
bool is_rewritten(const captured& broadcast) {
    return broadcast.has_date || is_damaged(broadcast) || broadcast.name == "value: undefined" ||
           broadcast.name == "value: ArrayBuffer" || broadcast.name == "broadcast numeric room" ||
           broadcast.name == "broadcast compress true";
}

TEST_CASE("broadcasts of Node's adapters and emitters are read as they are meant") {
    for_each(files, is_broadcast, [](const captured& message) {
        const auto read = decode_broadcast(message.payload);
        REQUIRE(read);
        value expected = simplified(message.decoded);
        // The keys of an object are in any order; to compare the bytes, in ours.
        const object& options = expected.as_array().at(2).as_object();
        expected.as_array().at(2) = object{{"rooms", *options.find("rooms")},
                                           {"except", *options.find("except")},
                                           {"flags", *options.find("flags")}};
        CHECK(bytes_of(meaning_of(*read)) == bytes_of(expected));
    });
}

TEST_CASE("broadcasts are written as Node's adapter writes them, to the byte") {
    std::size_t compared = 0;
    for_each({"classic.jsonl", "legacy-v7.jsonl"}, is_broadcast, [&](const captured& message) {
        if (is_rewritten(message)) return;
        CHECK(encode(*decode_broadcast(message.payload)) == message.payload);
        ++compared;
    });
    CHECK(compared > 150);
}

TEST_CASE("requests of Node's adapters and emitters are read as they are meant") {
    for_each(files, is_request, [](const captured& message) {
        const auto read = decode_request(message.payload);
        REQUIRE(read);
        CHECK(std::visit(request_meaning{*read}, read->what) == message.decoded);
    });
}

TEST_CASE("requests are written as Node's adapter writes them, to the byte") {
    for_each({"classic.jsonl", "emitter.jsonl"}, is_request, [](const captured& message) {
        CHECK(encode(*decode_request(message.payload)) == message.payload);
    });
}

TEST_CASE("responses of Node's adapters are read as they are meant") {
    for_each(files, is_response, [](const captured& message) {
        const auto read = decode_response(message.payload);
        REQUIRE(read);
        CHECK(std::visit(response_meaning{read->request_id}, read->what) == message.decoded);
    });
}

TEST_CASE("responses are written as Node's adapter writes them, to the byte") {
    for_each(files, is_response, [](const captured& message) {
        CHECK(encode(*decode_response(message.payload)) == message.payload);
    });
}

TEST_CASE("answers of applications are passed on as Node's adapter passes them on, to the byte") {
    std::size_t without_argument = 0;
    for_each(files, is_response, [&](const captured& message) {
        const auto answer = from_response("/", *decode_response(message.payload));
        if (!answer || std::holds_alternative<cluster::sockets_response>(answer->what)) return;
        CHECK(encode(to_response(*answer).value()) == message.payload);
        if (message.name.find("ack=none") != std::string::npos) ++without_argument;
    });
    CHECK(without_argument >= 6);
}

TEST_CASE("a broadcast that is cut short, or followed by something, is refused") {
    for_each(files, is_broadcast,
             [](const captured& message) { check_damaged(message.payload, decode_broadcast); });
}

TEST_CASE("a request that is cut short, or followed by something, is refused") {
    for_each(files, is_request,
             [](const captured& message) { check_damaged(message.payload, decode_request); });
}

TEST_CASE("a response that is cut short, or followed by something, is refused") {
    for_each(files, is_response,
             [](const captured& message) { check_damaged(message.payload, decode_response); });
}

TEST_CASE("broadcasts and requests travel on the channels of Node's adapter") {
    for_each(files, is_broadcast, [](const captured& message) {
        const auto read = decode_broadcast(message.payload);
        const std::string key = message.channel.substr(0, message.channel.find('#'));
        const classic_channels channels(key, read->packet.nsp);
        const bool single = read->to.rooms.size() == 1;
        CHECK(message.channel ==
              (single ? channels.broadcast_to(read->to.rooms[0]) : channels.broadcast));
        CHECK(channels.room_of(message.channel) == (single ? read->to.rooms[0] : ""));
    });
    for_each(files, is_request, [](const captured& message) {
        const std::string key = message.channel.substr(0, message.channel.find("-request#"));
        const std::string nsp =
            message.channel.find("/dyn-1#") == std::string::npos ? "/" : "/dyn-1";
        CHECK(message.channel == classic_channels(key, nsp).request);
    });
}

} // namespace
} // namespace sockeye::adapter_redis
