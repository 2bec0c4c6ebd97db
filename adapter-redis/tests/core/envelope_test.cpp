#include "codec/base64.hpp"
#include "codec/envelope.hpp"
#include "codec/msgpack.hpp"
#include "golden.hpp"

#include <doctest/doctest.h>

namespace sockeye::adapter_redis {
namespace {

namespace cluster = socketio::cluster;

bool has_payload(const captured& message) {
    return !message.payload.empty();
}
bool is_entry(const captured& message) {
    return message.fields.is_object();
}
bool is_empty_answer(const captured& message) {
    return message.name.find("ack=none/ack") != std::string::npos ||
           message.name.find("ack=none/response") != std::string::npos;
}
bool is_session(const captured& message) {
    return !message.session.empty();
}

template<class Visit>
void for_each(const std::vector<std::string>& files, bool (*wanted)(const captured&), Visit visit) {
    for (const std::string& file : files) {
        for (const captured& message : read_golden(file)) {
            if (!wanted(message)) continue;
            INFO(file, ": ", message.name);
            visit(message);
        }
    }
}

stream_fields fields_of(const captured& entry) {
    stream_fields fields;
    for (const auto& [key, member] : entry.fields.as_object())
        fields.emplace_back(key, member.as_string());
    return fields;
}

// The values of keys, in the order of the message that was read.
value meaning_of(const envelope& from) {
    object out{{"type", from.type}};
    if (!from.data.is_null()) out["data"] = from.data;
    out["uid"] = from.uid;
    out["nsp"] = from.nsp;
    return out;
}

const std::vector<std::string> stream_files{"streams.jsonl", "streams-emitter.jsonl",
                                            "legacy-streams-v0.2.jsonl"};

// Of the entries, those that Node's other MessagePack library writes in its own way: integers
// beyond 2^53 as doubles, and an ArrayBuffer as an empty map.
bool is_rewritten(const captured& entry) {
    return entry.has_date || entry.name == "value: ArrayBuffer" ||
           entry.name == "value with a buffer: integer 9007199254740992" ||
           entry.name == "value with a buffer: integer 10000000000000000000";
}

TEST_CASE("messages of the sharded and the streams adapter are read as they are meant") {
    for_each({"sharded.jsonl", "streams.jsonl"}, has_payload, [](const captured& message) {
        const auto read = decode_envelope(message.payload);
        REQUIRE(read);
        CHECK(bytes_of(meaning_of(*read)) == bytes_of(message.decoded));
    });
}

TEST_CASE("messages of the sharded adapter are written as Node's are, to the byte") {
    for_each({"sharded.jsonl"}, has_payload, [](const captured& message) {
        if (message.has_date || is_damaged(message)) return;
        CHECK(encode_sharded(*decode_envelope(message.payload)) == message.payload);
    });
}

TEST_CASE("messages of the streams adapter are written as Node's are, to the byte") {
    for_each({"streams.jsonl"}, has_payload, [](const captured& message) {
        if (message.has_date) return;
        CHECK(encode_packed(*decode_envelope(message.payload)) == message.payload);
    });
}

TEST_CASE("an adapter knows its own messages by their end") {
    for_each({"sharded.jsonl", "streams.jsonl"}, has_payload, [](const captured& message) {
        const envelope read = *decode_envelope(message.payload);
        const own_ending own(read.uid, read.nsp);
        CHECK(own.is_of(encode_sharded(read)));
        CHECK(own.is_of(encode_packed(read)));
        CHECK_FALSE(own_ending(read.uid + "x", read.nsp).is_of(message.payload));
        CHECK_FALSE(own_ending(read.uid, read.nsp + "/x").is_of(message.payload));
    });
}

// As a server answers whose application gave no argument.
envelope without_argument(const captured& answer) {
    auto message = from_envelope(decode_envelope(answer.payload).value()).value();
    if (auto* const response = std::get_if<cluster::server_side_response>(&message.what))
        response->answer.reset();
    else
        std::get<cluster::client_answer>(message.what).answer.reset();
    return to_envelope(message);
}

TEST_CASE("answers without an argument are written as Node's adapters write them, to the byte") {
    for_each({"sharded.jsonl"}, is_empty_answer, [](const captured& message) {
        CHECK(encode_sharded(without_argument(message)) == message.payload);
        CHECK(to_envelope(*from_envelope(*decode_envelope(message.payload))) ==
              without_argument(message));
    });
    for_each({"streams.jsonl"}, is_empty_answer, [](const captured& message) {
        CHECK(encode_packed(without_argument(message)) == message.payload);
    });
}

TEST_CASE("a cluster's message that is cut short, or followed by something, is refused") {
    for_each({"sharded.jsonl", "streams.jsonl"}, has_payload,
             [](const captured& message) { check_damaged(message.payload, decode_envelope); });
}

TEST_CASE("entries of a stream are read as they are meant") {
    for_each(stream_files, is_entry, [](const captured& entry) {
        const auto read = decode_entry(fields_of(entry));
        REQUIRE(read);
        CHECK(read->uid == text_of(entry.fields, "uid"));
        CHECK(read->nsp == text_of(entry.fields, "nsp"));
        CHECK(std::to_string(read->type) == text_of(entry.fields, "type"));
        CHECK(bytes_of(read->data) == bytes_of(entry.decoded));
    });
}

TEST_CASE("entries of a stream are written as Node's are, to the byte") {
    for_each(stream_files, is_entry, [](const captured& entry) {
        if (is_rewritten(entry)) return;
        const stream_fields fields = fields_of(entry);
        CHECK(encode_entry(*decode_entry(fields)) == fields);
    });
}

TEST_CASE("an entry whose data is cut short is refused") {
    for_each(stream_files, is_entry, [](const captured& entry) {
        stream_fields fields = fields_of(entry);
        if (fields.back().first != "data") return;
        while (fields.back().second.size() > 3) { // base64 of less is nothing, or one byte
            fields.back().second.pop_back();
            if (decode_entry(fields)) {
                // Node's base64 forgives a lack of padding.
                CHECK(fields_of(entry).back().second.ends_with('='));
                CHECK(decode_entry(fields)->data == entry.decoded);
            }
        }
    });
}

TEST_CASE("an entry without a namespace, or of no type, is refused") {
    CHECK(decode_entry({{"nsp", "/"}, {"type", "1"}}));
    CHECK_FALSE(decode_entry({}));
    CHECK_FALSE(decode_entry({{"uid", "a"}, {"type", "1"}}));
    CHECK_FALSE(decode_entry({{"uid", "a"}, {"nsp", "/"}}));
    CHECK_FALSE(decode_entry({{"nsp", "/"}, {"type", "one"}}));
    CHECK_FALSE(decode_entry({{"nsp", "/"}, {"type", "1 "}}));
    CHECK_FALSE(decode_entry({{"nsp", "/"}, {"type", ""}}));
    CHECK_FALSE(decode_entry({{"nsp", "/"}, {"type", "99999999999999999999"}}));
}

TEST_CASE("only messages that carry what an application said are searched for binary") {
    const value data = object{{"packet", array{"a", object{{"b", binary{"\x01"}}}}}};
    for (const int type : {3, 8, 9, 10, 12})
        CHECK(holds_binary({type, "a", "/", data}));
    for (const int type : {1, 2, 4, 5, 6, 7, 11, 13})
        CHECK_FALSE(holds_binary({type, "a", "/", data}));
}

TEST_CASE("sessions are read as they are meant, and written as Node writes them") {
    for_each({"streams.jsonl"}, is_session, [](const captured& kept) {
        const auto read = decode_session(kept.session);
        REQUIRE(read);
        CHECK(read->id == kept.decoded.find("sid")->as_string());
        CHECK(read->private_id == kept.decoded.find("pid")->as_string());
        CHECK(value(array(read->rooms.begin(), read->rooms.end())) == *kept.decoded.find("rooms"));
        CHECK(read->data == *kept.decoded.find("data"));
        if (!kept.has_date) CHECK(encode_session(*read) == kept.session);
    });
    CHECK_FALSE(decode_session(""));
    CHECK_FALSE(decode_session("gqNz"));
}

std::string packed(const object& session) {
    std::string bytes, text;
    socketio::append_msgpack(bytes, session);
    engineio::base64_encode(text, bytes);
    return text;
}

TEST_CASE("a session's rooms may be numbers, as JavaScript's may") {
    const auto read =
        decode_session(packed({{"sid", "s"}, {"pid", "p"}, {"rooms", array{"a", 7}}}));
    REQUIRE(read);
    CHECK(read->rooms == std::vector<std::string>{"a", "7"});
}

TEST_CASE("what is no session is not read as one") {
    for (const object& none : {object{{"sid", 1}, {"pid", "p"}, {"rooms", array{}}},
                               object{{"sid", "s"}, {"rooms", array{}}},
                               object{{"sid", "s"}, {"pid", "p"}, {"rooms", "a"}},
                               object{{"sid", "s"}, {"pid", "p"}, {"rooms", array{nullptr}}}})
        CHECK_FALSE(decode_session(packed(none)));
}

} // namespace
} // namespace sockeye::adapter_redis
