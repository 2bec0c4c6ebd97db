// What is the streams adapter's own: what a stream keeps for servers and for clients that were
// away.

#include "codec/envelope.hpp"
#include "codec/stream_entries.hpp"
#include "io/stream_reader.hpp"
#include "net/comeback.hpp"
#include "net/redis_group.hpp"

#include <sockeye/adapter_redis/emitter.hpp>
#include <sockeye/socketio/options.hpp>

#include <atomic>
#include <mutex>
#include <thread>

namespace sockeye::adapter_redis {
namespace {

const packets none;

server_options with_recovery() {
    server_options options;
    options.recovery.emplace();
    return options;
}

// Until Redis keeps it.
void await_session(redis_group& at, const std::string& private_id) {
    await([&] { return ask(at.outsider, {"EXISTS", "sio:session:" + private_id}).integer == 1; });
}

// Counts what is to be run later, and runs it when a test says so.
struct counted_shards : engineio::shards {
    unsigned size() const override { return 1; }
    unsigned current() const override { return none; }
    void post(unsigned, std::function<void()>) override {}
    void post_after(unsigned, std::chrono::milliseconds, std::function<void()> task) override {
        const std::lock_guard lock(mutex_);
        ++later;
        tasks_.push_back(std::move(task));
    }
    void set_timer(engineio::timed&, std::chrono::milliseconds) override {}
    void cancel_timer(engineio::timed&) override {}
    void run_later() {
        std::vector<std::function<void()>> all;
        {
            const std::lock_guard lock(mutex_);
            all.swap(tasks_);
        }
        for (const auto& task : all)
            task();
    }

    std::atomic<int> later = 0;

private:
    std::mutex mutex_;
    std::vector<std::function<void()>> tasks_;
};

// As a server with version 0.2 of Node's adapter adds it.
void add_as_old(redis_group& at, const std::string& type, const std::string& data = {}) {
    std::vector<std::string> words{"XADD", "socket.io", "*",    "uid", "old",
                                   "nsp",  "/",         "type", type};
    if (!data.empty()) words.insert(words.end(), {"data", data});
    ask(at.outsider, words);
}
// Until so many servers have added an entry of that type, whose data is given back, in JSON.
packets await_entries(redis_group& at, const std::string& type, std::size_t wanted) {
    packets found;
    await([&] {
        found.clear();
        const reply all = ask(at.outsider, {"XRANGE", "socket.io", "-", "+"});
        const auto entries = read_entries(all).value();
        for (const stream_entry& entry : entries) {
            if (*find_field(entry.fields, "type") != type) continue;
            if (*find_field(entry.fields, "uid") == "old") continue;
            const std::string* const data = find_field(entry.fields, "data");
            found.push_back(data == nullptr ? "" : *data);
        }
        return found.size() >= wanted;
    });
    return found;
}

} // namespace

TEST_CASE("streams: what fails while nobody listens is tried again when somebody does") {
    link_fixture redis;
    const auto link = std::make_shared<redis_link>(redis.options());
    ask(*link, {"SET", "s", "text"});
    counted_shards shards;
    const auto reader = std::make_shared<stream_reader>(link, "s", 10, shards, 0);
    reader->start();
    ask(*link, {"PING"});
    CHECK(shards.later == 0);
    static_cast<void>(reader->listen("/", {}));
    ask(*link, {"PING"});
    CHECK(shards.later == 1);
}

TEST_CASE("streams: a namespace that is there again hears, although the old one lets go late") {
    link_fixture redis;
    const auto link = std::make_shared<redis_link>(redis.options());
    counted_shards shards;
    const auto reader = std::make_shared<stream_reader>(link, "s", 10, shards, 0);
    const auto noting = [&](const std::string& who) {
        return stream_reader::listener{
            [&, who](const stream_id&) { redis.notes.add(who + " started"); },
            [&, who](const stream_entry&, const auto&) { redis.notes.add(who + " heard"); }};
    };
    const auto first = reader->listen("/", noting("first"));
    const auto second = reader->listen("/", noting("second"));
    reader->start();
    redis.notes.await("second started");
    reader->unlisten("/", first);
    ask(*link, {"XADD", "s", "*", "nsp", "/"});
    await([&] {
        shards.run_later(); // the reader's link may not be there yet
        return redis.notes.count("second heard") == 1;
    });
    reader->unlisten("/", second);
    CHECK(redis.notes.count("first heard") == 0);
}

TEST_CASE("streams: servers that know no Pub/Sub hear in the stream that others are there") {
    redis_group at(of_streams());
    add_as_old(at, "1");
    CHECK(await_entries(at, "2", 3) == packets(3, "{}"));
    add_as_old(at, "2");
    add_as_old(at, "1");
    await_entries(at, "2", 6);
    at.finish();
    CHECK(await_entries(at, "13", 3).size() == 3);
    CHECK(await_entries(at, "2", 6).size() == 6); // to what comes often, not each time
}

TEST_CASE("streams: servers that know no Pub/Sub are answered through the stream") {
    redis_group at(of_streams());
    SUBCASE("sockets") {
        add_as_old(at, "7",
                   R"({"opts":{"rooms":["nobody"],"except":[],"flags":{}},"requestId":"q"})");
        CHECK(await_entries(at, "8", 3) == packets(3, R"({"requestId":"q","sockets":[]})"));
    }
    SUBCASE("acknowledgements") {
        add_as_old(at, "3",
                   R"({"packet":{"type":2,"data":["e"]},"requestId":"q",)"
                   R"("opts":{"rooms":[],"except":[],"flags":{"timeout":3000}}})");
        CHECK(await_entries(at, "11", 3) == packets(3, R"({"requestId":"q","clientCount":1})"));
        CHECK(at.clients[0].read() == R"(20["e"])");
        at.clients[0].send(R"(30["yes"])");
        CHECK(await_entries(at, "12", 1) == packets{R"({"requestId":"q","packet":"yes"})"});
    }
    SUBCASE("events for servers") {
        add_as_old(at, "9", R"({"requestId":"q","packet":["ask"]})");
        CHECK(sorted(await_entries(at, "10", 3)) == packets{R"({"requestId":"q","packet":"a"})",
                                                            R"({"requestId":"q","packet":"b"})",
                                                            R"({"requestId":"q","packet":"c"})"});
    }
}

TEST_CASE("streams: what servers missed while their connections were broken reaches them") {
    redis_group at(of_streams());
    packets sent;
    for (int i = 0; i < 500; ++i) {
        if (i % 100 == 50) ask(at.outsider, {"CLIENT", "KILL", "TYPE", "normal"});
        const std::string event = "e" + std::to_string(i);
        at.outsider.command({"XADD", "socket.io", "*", "uid", "emitter", "nsp", "/", "type", "3",
                             "data",
                             R"({"opts":{"rooms":[],"except":[],"flags":{}},)"
                             R"("packet":{"type":2,"data":[")" +
                                 event + R"("]}})"});
        sent.push_back("2[\"" + event + "\"]");
        if (i % 100 == 99) ask(at.outsider, {"PING"});
    }
    for (auto& client : at.clients)
        for (const std::string& packet : sent)
            client.expect(packet);
}

TEST_CASE("streams: what is no message is counted, and what is nobody's is skipped") {
    redis_group at(of_streams());
    ask(at.outsider, {"XADD", "socket.io", "*", "nsp", "/", "type", "x"});
    ask(at.outsider, {"XADD", "socket.io", "*", "nsp", "/", "type", "3", "uid", "u"});
    ask(at.outsider, {"XADD", "socket.io", "*", "type", "3", "uid", "u"});
    ask(at.outsider, {"XADD", "socket.io", "*", "nsp", "/other", "type", "3"});
    at.publish(plain, "socket.io#/#", "no message");
    at.a().emit("e");
    for (auto& client : at.clients)
        client.expect(R"(2["e"])");
    at.await_malformed({3, 3, 3});
}

TEST_CASE("streams: what Redis does not take is counted and reported by the link") {
    redis_group at(of_streams());
    redis_link& link = *at.links["a"];
    ask(at.outsider, {"CONFIG", "SET", "maxmemory", "1"});
    SUBCASE("a server's") {
        for (int i = 0; i < 3; ++i)
            at.a().emit("lost");
        await([&] { return link.counters().refused == 3; });
        ask(at.outsider, {"CONFIG", "SET", "maxmemory", "0"});
        const packets lost(3, R"(2["lost"])");
        CHECK(at.received() == lists{lost, none, none});
        CHECK(at.a().counters().cluster_messages_dropped == 0);
    }
    SUBCASE("an emitter's") {
        for (int i = 0; i < 3; ++i)
            streams_emitter(at.links["a"]).emit("lost");
        await([&] { return link.counters().refused == 3; });
    }
    CHECK(at.redis.notes.count("redis: what is said is lost: OOM command not allowed when used "
                               "memory > 'maxmemory'.") == 1);
    CHECK(link.counters().dropped == 0);
}

TEST_CASE("streams: a key that is no stream is reported, and read once it is one") {
    link_fixture redis;
    redis_link link(redis.options());
    ask(link, {"SET", "socket.io", "text"});
    event_notes notes;
    server_options options;
    streams_options with;
    with.common.ready = [&](const std::string& nsp) { notes.add("ready " + nsp); };
    options.adapter = streams_adapter(std::make_shared<redis_link>(redis.options()), with);
    socketio_fixture fixture(std::move(options));
    fixture.start();
    redis.notes.await("redis: cannot read the stream socket.io: WRONGTYPE Operation against a key "
                      "holding the wrong kind of value");
    ask(link, {"DEL", "socket.io"});
    notes.await("ready /");
}

TEST_CASE("streams: namespaces spread over several streams") {
    streams_options options;
    options.stream_count = 4;
    redis_group at(of_streams(options));
    for (const char* const nsp : {"/chat", "/dashboard"}) {
        at.await_members(nsp);
        for (auto& client : at.clients)
            client.join(nsp);
        at.a().of(nsp).emit("e");
        for (auto& client : at.clients)
            client.expect("2" + std::string(nsp) + R"(,["e"])");
    }
    CHECK(ask(at.outsider, {"XLEN", "socket.io--3"}).integer == 1);
}

TEST_CASE("streams: an emitter reaches the clients of all servers, and the servers") {
    redis_group at(of_streams());
    const emitter io = streams_emitter(at.links["a"]);
    io.emit("e", 1, binary{"\x01"});
    for (auto& client : at.clients) {
        client.expect(R"(51-["e",1,{"_placeholder":true,"num":0}])");
        client.read_binary();
    }
    io.to(at.ids[0]).sockets_join("r");
    io.to("r").emit("f");
    at.clients[0].expect(R"(2["f"])");
    io.server_side_emit("note", "hi");
    for (const char* const name : {"a hi", "b hi", "c hi"})
        at.notes.await(name);
}

// ---- recovery

TEST_CASE("streams: with recovery, offsets end the arguments of events, but for volatile ones") {
    redis_group at(of_streams(), 1, with_recovery());
    at.a().emit("e", 1);
    packets heard;
    for (auto& client : at.clients)
        heard.push_back(client.read());
    CHECK(heard == packets(3, R"(2["e",1,")" + offset_of(heard[0]) + "\"]"));
    const auto entry = read_entries(ask(at.outsider, {"XRANGE", "socket.io", "-", "+"})).value();
    CHECK(offset_of(heard[0]) == to_string(entry.at(0).id));
    at.a().volatile_().emit("v");
    for (auto& client : at.clients)
        client.expect(R"(2["v"])");
}

TEST_CASE("streams: a client comes back to another server, and gets what it missed") {
    redis_group at(of_streams(), 2, with_recovery());
    const std::string private_id = at.clients[1].private_id();
    at.enter(1, "r");
    at.a().emit("seen");
    const std::string offset = offset_of(at.clients[1].read());
    at.clients[1].close();
    await_session(at, private_id);
    at.a().to("r").emit("one");
    at.c().to("elsewhere").emit("two");
    at.a().to(at.ids[1]).emit("four");
    at.a().except("r").emit("three");
    for (const char* const name : {"seen", "three"}) // "c" has all of it
        CHECK(at.clients[2].read().starts_with("2[\"" + std::string(name)));
    auto again = at.at(2).connect();
    const comeback got = come_back(again, private_id, offset);
    CHECK(got.id == at.ids[1]);
    REQUIRE(got.missed.size() == 2);
    CHECK(got.missed[0].starts_with(R"(2["one",")"));
    CHECK(got.missed[1].starts_with(R"(2["four",")"));
    CHECK(at.c().counters().sessions_recovered == 1);
    at.a().to("r").emit("five");
    CHECK(again.read().starts_with(R"(2["five",")"));
    const auto found = wait(at.a().to(at.ids[1]).fetch_sockets()).result;
    REQUIRE(found.size() == 1);
    CHECK(found[0].data() == value(object{{"server", "b"}}));
    again.close();
    at.clients[1] = at.at(1).connect();
}

TEST_CASE("streams: a session is restored once, and not without its last event") {
    redis_group at(of_streams(), 1, with_recovery());
    const std::string private_id = at.clients[1].private_id();
    at.a().emit("seen");
    const std::string offset = offset_of(at.clients[1].read());
    at.clients[1].close();
    await_session(at, private_id);
    for (const auto& [said, outcome] :
         std::vector<std::pair<std::string, std::uint64_t>>{{"1-1", 1}, {offset, 0}}) {
        auto other = at.at(2).connect();
        CHECK(come_back(other, private_id, said).id != at.ids[1]);
    }
    CHECK(at.c().counters().recoveries_forgotten == 1);
    CHECK(at.c().counters().recoveries_unknown == 1);
    at.clients[1] = at.at(1).connect();
}

TEST_CASE("streams: who missed more than is given to one client begins anew") {
    streams_options options;
    options.max_missed_bytes = 1000;
    redis_group at(of_streams(options), 1, with_recovery());
    const std::string private_id = at.clients[1].private_id();
    at.a().emit("seen");
    const std::string offset = offset_of(at.clients[1].read());
    at.clients[1].close();
    await_session(at, private_id);
    at.a().emit("much", std::string(1000, 'x'));
    for (const char* const name : {"seen", "much"}) // "c" has all of it
        CHECK(at.clients[2].read().starts_with("2[\"" + std::string(name)));
    auto other = at.at(2).connect();
    const comeback got = come_back(other, private_id, offset);
    CHECK(got.id != at.ids[1]);
    CHECK(got.missed.empty());
    CHECK(at.c().counters().recoveries_forgotten == 1);
    at.clients[1] = at.at(1).connect();
}

TEST_CASE("streams: a session that Redis does not keep is counted") {
    redis_group at(of_streams(), 1, with_recovery());
    ask(at.outsider, {"CONFIG", "SET", "maxmemory", "1"});
    at.clients[1].close();
    await([&] { return at.links["b"]->counters().refused == 1; });
    ask(at.outsider, {"CONFIG", "SET", "maxmemory", "0"});
    at.clients[1] = at.at(1).connect();
}

TEST_CASE("streams: while Redis is away, clients that come back begin anew") {
    streams_options options;
    options.common.request_timeout = 50ms;
    redis_group at(of_streams(options), 1, with_recovery());
    at.redis.server.pause();
    auto other = at.at(2).connect();
    CHECK(come_back(other, "someone", "1-1").missed.empty());
    at.redis.server.resume();
}

// A client wanders from server to server while events flow: each reaches it once and in order.
TEST_CASE("streams: nothing is missed and nothing comes twice, however often a client comes back") {
    redis_group at(of_streams(), 3, with_recovery());
    std::atomic<int> sent = 0;
    std::atomic<int> heard_so_far = 0;
    std::jthread talker([&](const std::stop_token& over) {
        constexpr int ahead = 200; // more would be a test of how fast this machine is
        while (!over.stop_requested()) {
            if (sent < heard_so_far + ahead)
                (sent % 2 == 0 ? at.a() : at.c()).to(at.ids[1]).emit("e", ++sent);
            std::this_thread::sleep_for(200us);
        }
    });
    std::string private_id = at.clients[1].private_id();
    std::string offset;
    packets heard;
    const auto hear = [&](const std::string& packet) {
        offset = offset_of(packet);
        heard.push_back(packet.substr(0, packet.rfind(",\"")));
        ++heard_so_far;
    };
    for (int i = 0; i < 10; ++i)
        hear(at.clients[1].read());
    at.clients[1].close();
    const auto go_on_at = [&](std::size_t server) {
        auto again = at.at(server).connect();
        await_session(at, private_id);
        const comeback got = come_back(again, private_id, offset);
        REQUIRE(got.id == at.ids[1]);
        for (const std::string& packet : got.missed)
            hear(packet);
        return again;
    };
    for (std::size_t round = 0; round < 30; ++round) {
        auto again = go_on_at(round % 3);
        for (int i = 0; i < 10; ++i)
            hear(again.read());
        again.close();
    }
    talker.request_stop();
    talker.join();
    auto last = go_on_at(1);
    packets wanted;
    while (wanted.size() < static_cast<std::size_t>(sent))
        wanted.push_back(R"(2["e",)" + std::to_string(wanted.size() + 1));
    while (heard.size() < wanted.size())
        hear(last.read());
    // Two servers speak in turn, so that neighbours may change places.
    CHECK(sorted(heard) == sorted(wanted));
    last.close();
    at.clients[1] = at.at(1).connect();
}

} // namespace sockeye::adapter_redis
