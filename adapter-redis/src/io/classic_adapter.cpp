#include "codec/classic_translation.hpp"
#include "codec/msgpack.hpp"
#include "io/classic_publisher.hpp"
#include "io/pubsub_adapter.hpp"

#include <sockeye/adapter_redis/classic_adapter.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace sockeye::adapter_redis {

namespace cluster = socketio::cluster;
using socketio::cluster_message;
using socketio::local_namespace;
using socketio::outcome;
using socketio::socket_details;

namespace {

// How a broadcast of that adapter begins, by which it knows its own.
std::string prefix_of(const std::string& uid) {
    std::string prefix = "\x93";
    socketio::append_msgpack(prefix, value(uid));
    return prefix;
}

class classic_redis_adapter final : public pubsub_adapter {
public:
    classic_redis_adapter(local_namespace& local, std::shared_ptr<pubsub> bus,
                          const classic_options& options)
        : pubsub_adapter(
              local, std::move(bus), options.common,
              {channel_kind::plain, classic_channels(options.key, local.name()).request}),
          channels_(options.key, local.name()),
          answers_on_own_channel_(options.publish_on_specific_response_channel),
          own_prefix_(prefix_of(uid())) {}

    // The channel of our own for answers too: where these go is up to who answers.
    void start() override {
        const hear responses = [this](std::string_view, std::string_view payload) {
            on_response(payload);
        };
        subscribe({{{channel_kind::pattern, channels_.broadcast_pattern()},
                    [this](std::string_view channel, std::string_view payload) {
                        on_broadcast(channel, payload);
                    }},
                   {{channel_kind::plain, channels_.response}, responses},
                   {{channel_kind::plain, channels_.response_to(uid())}, responses},
                   {{channel_kind::plain, channels_.request},
                    [this](std::string_view, std::string_view payload) { on_request(payload); }}});
    }

    // Joining and leaving is watched, so that what is for rooms without a member here is not read.
    [[nodiscard]] bool wants_rooms() const override { return true; }

    // As Node's: the operation's own time-out does not count, and the error has its text.
    void fetch_sockets(const selection& who, const emit_flags& flags,
                       std::function<void(outcome<std::vector<socket_details>>)> then) override {
        emit_flags untimed = flags;
        untimed.timeout.reset();
        cluster_adapter::fetch_sockets(
            who, untimed, [then = std::move(then)](outcome<std::vector<socket_details>> found) {
                if (found.error.starts_with("timeout reached"))
                    found = {"timeout reached while waiting for fetchSockets response", {}};
                then(std::move(found));
            });
    }

protected:
    void publish(const cluster_message& message, sent_callback sent) override {
        publish_classic(bus(), channels_, message);
        if (sent) sent({});
    }
    void publish_response(const std::string& to_uid, const cluster_message& message) override {
        if (const auto response = to_response(message)) respond(to_uid, *response);
    }

private:
    // Answers to servers' events always go to everybody.
    void respond(const std::string& to_uid, const classic_response& response) {
        const bool direct = answers_on_own_channel_ && !to_uid.empty() &&
                            !std::holds_alternative<event_response>(response.what);
        bus().publish(channel_kind::plain,
                      direct ? channels_.response_to(to_uid) : channels_.response,
                      encode(response));
    }

    // ---- on the link's thread

    void on_broadcast(std::string_view channel, std::string_view payload) {
        const auto room = channels_.room_of(channel);
        if (!room || (!room->empty() && !may_have_room(*room))) return;
        if (payload.starts_with(own_prefix_)) return;
        auto read = decode_broadcast(payload);
        if (!read) return take_in(payload.size(), std::nullopt);
        if (read->packet.nsp == local().name())
            take_in(payload.size(), from_broadcast(*std::move(read)));
    }

    void on_request(std::string_view payload) {
        auto read = decode_request(payload);
        if (!read) return take_in(payload.size(), std::nullopt);
        if (read->uid == uid()) return;
        const bool joins = std::holds_alternative<join_request>(read->what);
        if (joins) ++joins_waiting_;
        const bool taken = take_in(
            payload.size(), [this, joins, request = *std::move(read)](const kept_until_done& kept) {
                if (auto message = from_request(local().name(), request))
                    on_message(*std::move(message), {}, kept);
                else
                    answer(request, kept);
                if (joins) --joins_waiting_;
            });
        if (joins && !taken) --joins_waiting_;
    }

    // A join that waits for a shard may be about to make it.
    [[nodiscard]] bool may_have_room(std::string_view room) {
        return joins_waiting_ > 0 || local().has_room(room);
    }

    void on_response(std::string_view payload) {
        auto read = decode_response(payload);
        if (!read) return take_in(payload.size(), std::nullopt);
        // Most are for others, and some answer what only version 7 asks.
        if (auto message = from_response(local().name(), *std::move(read)))
            take_in(payload.size(), std::move(message));
    }

    // ---- what only version 7 asks; on a shard's thread

    void answer(const classic_request& request, const kept_until_done& kept) {
        std::visit([&](const auto& what) { answer(what, request, kept); }, request.what);
    }
    void answer(const ids_request& what, const classic_request& request,
                const kept_until_done& kept) {
        with_sockets({what.rooms, {}}, request, kept, &classic_redis_adapter::ids_of);
    }
    void answer(const rooms_request&, const classic_request& request, const kept_until_done& kept) {
        with_sockets({}, request, kept, &classic_redis_adapter::rooms_of);
    }
    void answer(const join_request& what, const classic_request& request,
                const kept_until_done& kept) {
        confirm_if_owned(what.who, request);
        local().join(what.who, what.rooms, kept);
    }
    void answer(const leave_request& what, const classic_request& request,
                const kept_until_done& kept) {
        confirm_if_owned(what.who, request);
        local().leave(what.who, what.rooms, kept);
    }
    void answer(const disconnect_request& what, const classic_request& request,
                const kept_until_done& kept) {
        confirm_if_owned(what.who, request);
        local().disconnect(what.who, what.close, kept);
    }
    void answer(const auto&, const classic_request&, const kept_until_done&) {} // the base does

    using response_kind = decltype(classic_response::what);
    void with_sockets(const selection& who, const classic_request& request,
                      const kept_until_done& kept,
                      response_kind (*make)(const std::vector<socket_details>&)) {
        local().fetch(who, while_alive([this, uid = request.uid, id = request.request_id, kept,
                                        make](const std::vector<socket_details>& found) {
                          respond(uid, {id, make(found)});
                      }));
    }
    // Only the server that has the socket answers. It looks for it first, since the socket may be
    // gone afterwards, and acts without waiting for that: what comes next finds it done.
    void confirm_if_owned(const selection& who, const classic_request& request) {
        local().fetch(
            who, while_alive([this, id = who.rooms.front(), to = request.uid,
                              response = classic_response{request.request_id, done_response{}}](
                                 const std::vector<socket_details>& found) {
                if (std::ranges::count(found, id, &socket_details::id) > 0) respond(to, response);
            }));
    }
    static response_kind ids_of(const std::vector<socket_details>& found) {
        sockets_response response;
        for (const socket_details& one : found)
            response.sockets.emplace_back(one.id);
        return response;
    }
    static response_kind rooms_of(const std::vector<socket_details>& found) {
        std::set<std::string> names;
        for (const socket_details& one : found)
            names.insert(one.rooms.begin(), one.rooms.end());
        return rooms_response{{names.begin(), names.end()}};
    }

    const classic_channels channels_;
    const bool answers_on_own_channel_;
    const std::string own_prefix_;
    std::atomic<std::size_t> joins_waiting_ = 0;
};

} // namespace

socketio::adapter_factory classic_adapter(std::shared_ptr<pubsub> bus, classic_options options) {
    return [bus = std::move(bus), options = std::move(options)](local_namespace& local) {
        return std::make_unique<classic_redis_adapter>(local, bus, options);
    };
}

} // namespace sockeye::adapter_redis
