#include "codec/classic_translation.hpp"

#include <utility>

namespace sockeye::adapter_redis {

namespace cluster = socketio::cluster;
using socketio::cluster_message;

namespace {

struct request_maker {
    const cluster_message& from;

    std::optional<classic_request> operator()(const cluster::broadcast& order) const {
        if (!order.request_id) return std::nullopt;
        return make(*order.request_id, ask_request{{order.event, from.nsp}, order.to, order.flags});
    }
    std::optional<classic_request> operator()(const cluster::join& order) const {
        return make_order(join_request{order.who, order.rooms});
    }
    std::optional<classic_request> operator()(const cluster::leave& order) const {
        return make_order(leave_request{order.who, order.rooms});
    }
    std::optional<classic_request> operator()(const cluster::disconnect& order) const {
        return make_order(disconnect_request{order.who, order.close});
    }
    std::optional<classic_request> operator()(const cluster::fetch_sockets& question) const {
        return make(question.request_id, fetch_request{question.who});
    }
    std::optional<classic_request> operator()(const cluster::server_side_emit& question) const {
        return make(question.request_id.value_or(std::string()), event_request{question.event});
    }
    std::optional<classic_request> operator()(const auto&) const { return std::nullopt; }

    template<class What>
    [[nodiscard]] classic_request make(std::string id, What what) const {
        return {from.uid, std::move(id), std::move(what)};
    }
    // An emitter does not sign these.
    template<class What>
    [[nodiscard]] classic_request make_order(What what) const {
        return {from.uid == socketio::emitter_uid ? std::string() : from.uid, {}, std::move(what)};
    }
};

struct response_maker {
    std::optional<classic_response> operator()(const cluster::sockets_response& answer) const {
        sockets_response what;
        for (const socketio::socket_details& one : answer.sockets)
            what.sockets.push_back(to_value(one));
        return classic_response{answer.request_id, std::move(what)};
    }
    std::optional<classic_response> operator()(const cluster::server_side_response& answer) const {
        return classic_response{answer.request_id, event_response{answer.answer}};
    }
    std::optional<classic_response> operator()(const cluster::client_count& answer) const {
        return classic_response{answer.request_id, client_count_response{answer.clients}};
    }
    std::optional<classic_response> operator()(const cluster::client_answer& answer) const {
        return classic_response{answer.request_id, client_response{answer.answer}};
    }
    std::optional<classic_response> operator()(const auto&) const { return std::nullopt; }
};

using content = std::optional<cluster_message::content>;

struct request_reader {
    std::string id;

    content operator()(ids_request&) const { return std::nullopt; }
    content operator()(rooms_request&) const { return std::nullopt; }
    content operator()(join_request& from) const {
        return order(cluster::join{std::move(from.who), {}, std::move(from.rooms)});
    }
    content operator()(leave_request& from) const {
        return order(cluster::leave{std::move(from.who), {}, std::move(from.rooms)});
    }
    content operator()(disconnect_request& from) const {
        return order(cluster::disconnect{std::move(from.who), {}, from.close});
    }
    content operator()(fetch_request& from) const {
        return cluster::fetch_sockets{std::move(from.who), {}, id};
    }
    content operator()(event_request& from) const {
        return cluster::server_side_emit{std::move(from.event),
                                         id.empty() ? std::nullopt : std::optional(id)};
    }
    content operator()(ask_request& from) const {
        return cluster::broadcast{std::move(from.packet.event), std::move(from.to), from.flags, id};
    }

    template<class Order>
    [[nodiscard]] content order(Order what) const {
        if (!id.empty()) return std::nullopt; // version 7's
        return what;
    }
};

struct response_reader {
    std::string id;

    content operator()(done_response&) const { return std::nullopt; }
    content operator()(rooms_response&) const { return std::nullopt; }
    content operator()(sockets_response& from) const {
        cluster::sockets_response answer{id, {}};
        for (const value& one : from.sockets) {
            auto details = socketio::socket_details_from(one);
            if (!details) return std::nullopt;
            answer.sockets.push_back(*std::move(details));
        }
        return answer;
    }
    content operator()(event_response& from) const {
        return cluster::server_side_response{id, std::move(from.answer)};
    }
    content operator()(client_count_response& from) const {
        return cluster::client_count{id, from.clients};
    }
    content operator()(client_response& from) const {
        return cluster::client_answer{id, std::move(from.answer)};
    }
};

std::optional<cluster_message> make_message(std::string uid, const std::string& nsp, content what) {
    if (!what) return std::nullopt;
    return cluster_message{std::move(uid), nsp, *std::move(what)};
}

} // namespace

std::optional<classic_request> to_request(const cluster_message& from) {
    return std::visit(request_maker{from}, from.what);
}

std::optional<classic_broadcast> to_broadcast(const cluster_message& from) {
    const auto* const order = std::get_if<cluster::broadcast>(&from.what);
    if (order == nullptr || order->request_id) return std::nullopt;
    return classic_broadcast{from.uid, {order->event, from.nsp}, order->to, order->flags};
}

std::optional<classic_response> to_response(const cluster_message& from) {
    return std::visit(response_maker{}, from.what);
}

cluster_message from_broadcast(classic_broadcast from) {
    return {std::move(from.uid), std::move(from.packet.nsp),
            cluster::broadcast{std::move(from.packet.event), std::move(from.to), from.flags}};
}

std::optional<cluster_message> from_request(const std::string& nsp, classic_request from) {
    content what = std::visit(request_reader{std::move(from.request_id)}, from.what);
    return make_message(std::move(from.uid), nsp, std::move(what));
}

std::optional<cluster_message> from_response(const std::string& nsp, classic_response from) {
    content what = std::visit(response_reader{std::move(from.request_id)}, from.what);
    return make_message({}, nsp, std::move(what));
}

} // namespace sockeye::adapter_redis
