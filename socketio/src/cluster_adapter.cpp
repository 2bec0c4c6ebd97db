#include "ack_collector.hpp"
#include "count_first.hpp"
#include "first_of.hpp"
#include "state/node_requests.hpp"

#include <sockeye/engineio/random_id.hpp>
#include <sockeye/socketio/cluster_adapter.hpp>

#include <mutex>
#include <optional>
#include <set>
#include <unordered_map>

namespace sockeye::socketio {

// What has been asked of other servers, and has not ended yet.
struct cluster_adapter::pending_requests {
    struct broadcast {
        std::shared_ptr<ack_collector> collector;
        std::set<std::string> counted = {}; // servers that have said how many clients they asked
    };

    std::mutex mutex; // never held across a call to the medium or the application
    node_requests nodes;
    std::unordered_map<std::string, broadcast> broadcasts;

    std::shared_ptr<ack_collector> find_broadcast(const std::string& id) {
        const std::lock_guard lock(mutex);
        const auto found = broadcasts.find(id);
        return found == broadcasts.end() ? nullptr : found->second.collector;
    }
    // Null where that server has been counted already.
    std::shared_ptr<ack_collector> count_broadcast(const std::string& id, const std::string& uid) {
        const std::lock_guard lock(mutex);
        const auto found = broadcasts.find(id);
        if (found == broadcasts.end()) return nullptr;
        const bool first = uid.empty() || found->second.counted.insert(uid).second;
        return first ? found->second.collector : nullptr;
    }
};

struct cluster_adapter::question {
    std::function<cluster_message::content(std::string id)> words;
    std::chrono::milliseconds timeout;
    server_answers known; // ahead of the answers
    node_requests::finish then;
};

cluster_adapter::cluster_adapter(local_namespace& local, const cluster_options& options)
    : local_(local), options_(options), uid_(engineio::random_id()),
      home_(static_cast<unsigned>(std::hash<std::string>()(local.name()) % local.shards().size())),
      pending_(std::make_unique<pending_requests>()) {}

cluster_adapter::~cluster_adapter() = default;

void cluster_adapter::close() {
    std::vector<node_requests::ended> ended;
    std::vector<std::shared_ptr<ack_collector>> collectors;
    const std::string why = "the namespace has been closed";
    {
        const std::lock_guard lock(pending_->mutex);
        ended = pending_->nodes.fail_all(why);
        for (const auto& [id, waiting] : pending_->broadcasts)
            collectors.push_back(waiting.collector);
    }
    for (auto& one : ended)
        one.tell();
    for (const auto& collector : collectors)
        collector->fail(why);
}

cluster_message cluster_adapter::say(cluster_message::content what) const {
    return {uid_, local_.name(), std::move(what)};
}

void cluster_adapter::run_on_shard(std::function<void()> task) {
    if (local_.shards().current() == engineio::shards::none)
        local_.shards().post(home_, while_alive(std::move(task)));
    else
        task();
}

// ---- orders: to other servers, and, once on their way, to this one

template<class Order>
void cluster_adapter::tell(Order order) {
    if (order.flags.local) return apply(std::move(order), {}, {});
    const auto message = std::make_shared<const cluster_message>(say(std::move(order)));
    publish(*message, while_alive([this, message](const std::string& offset) {
        apply(std::get<Order>(message->what), offset, {});
    }));
}

void cluster_adapter::broadcast(array event, selection to, const emit_flags& flags) {
    tell(cluster::broadcast{std::move(event), std::move(to), flags});
}

void cluster_adapter::sockets_join(const selection& who, const emit_flags& flags,
                                   const std::vector<std::string>& rooms) {
    tell(cluster::join{who, flags, rooms});
}

void cluster_adapter::sockets_leave(const selection& who, const emit_flags& flags,
                                    const std::vector<std::string>& rooms) {
    tell(cluster::leave{who, flags, rooms});
}

void cluster_adapter::disconnect_sockets(const selection& who, const emit_flags& flags,
                                         bool close) {
    tell(cluster::disconnect{who, flags, close});
}

void cluster_adapter::apply(cluster::broadcast order, std::string_view offset,
                            const kept_until_done& kept) {
    if (order.flags.volatile_) offset = {};
    local_.deliver(local_.prepare(std::move(order.event), std::move(order.to), order.flags, offset),
                   kept);
}

void cluster_adapter::apply(cluster::join order, std::string_view, const kept_until_done& kept) {
    local_.join(order.who, order.rooms, kept);
}

void cluster_adapter::apply(cluster::leave order, std::string_view, const kept_until_done& kept) {
    local_.leave(order.who, order.rooms, kept);
}

void cluster_adapter::apply(cluster::disconnect order, std::string_view,
                            const kept_until_done& kept) {
    local_.disconnect(order.who, order.close, kept);
}

// ---- questions

void cluster_adapter::broadcast_with_ack(array event, selection to, const emit_flags& given,
                                         answers_callback then) {
    if (given.local)
        return collect_locally(local_, std::move(event), std::move(to), given, std::move(then));
    const emit_flags flags = with_ack_timeout(given);
    const std::string id = engineio::random_id();
    std::shared_ptr<ack_collector> collector;
    {
        const std::lock_guard lock(pending_->mutex); // it may end before it is in the table
        collector =
            ack_collector::make(local_.shards(), *flags.timeout,
                                while_alive([this, id, then = std::move(then)](
                                                const std::string& error, array responses) {
                                    {
                                        const std::lock_guard locked(pending_->mutex);
                                        pending_->broadcasts.erase(id);
                                    }
                                    run_on_shard([then, error, responses = std::move(responses)] {
                                        then(error, responses);
                                    });
                                }));
        pending_->broadcasts.emplace(id, pending_requests::broadcast{collector});
    }
    publish(say(cluster::broadcast{event, to, flags, id}), {});
    local_.deliver_with_ack(std::move(event), std::move(to), flags, collector->sink());
    // Later than the message: a server that is counted has got it.
    server_count([collector](const outcome<std::size_t>& count) {
        if (count) collector->expect_servers(count.result);
    });
}

void cluster_adapter::fetch_sockets(
    const selection& who, const emit_flags& flags,
    std::function<void(outcome<std::vector<socket_details>>)> then) {
    local_.fetch(who, while_alive([this, who, flags, then](std::vector<socket_details> found) {
                     if (flags.local) return then({{}, std::move(found)});
                     ask({[who, flags](std::string id) {
                              return cluster::fetch_sockets{who, flags, std::move(id)};
                          },
                          flags.timeout.value_or(options_.request_timeout),
                          {.sockets = std::move(found)},
                          [then](std::string error, server_answers answers) {
                              then({std::move(error), std::move(answers.sockets)});
                          }});
                 }));
}

void cluster_adapter::server_side_emit(array event) {
    publish(say(cluster::server_side_emit{std::move(event)}), {});
}

void cluster_adapter::server_side_emit_with_ack(array event, answers_callback then) {
    ask({[event = std::move(event)](std::string id) {
             return cluster::server_side_emit{event, std::move(id)};
         },
         options_.request_timeout,
         {},
         [then = std::move(then)](std::string error, server_answers answers) {
             then(std::move(error), std::move(answers.values));
         }});
}

void cluster_adapter::other_servers(std::function<void(outcome<server_set>)> then) {
    server_count([then = std::move(then)](outcome<std::size_t> count) {
        const std::size_t others = count.result > 0 ? count.result - 1 : 0;
        then({std::move(count.error), others});
    });
}

bool cluster_adapter::is_nobody(const server_set& servers) {
    if (const auto* const count = std::get_if<std::size_t>(&servers)) return *count == 0;
    return std::get<std::vector<std::string>>(servers).empty();
}

void cluster_adapter::ask(question about) {
    other_servers(while_alive([this, about](const outcome<server_set>& servers) {
        run_on_shard([this, about, servers] {
            if (!servers || is_nobody(servers.result))
                return about.then(servers.error, about.known);
            ask(about, servers.result);
        });
    }));
}

// Noted before it is sent: the first answer may be faster than the medium's return.
void cluster_adapter::ask(question about, const server_set& servers) {
    const std::string id = engineio::random_id();
    {
        const std::lock_guard lock(pending_->mutex);
        std::visit(
            [&](const auto& those) {
                pending_->nodes.add(id, those, std::move(about.known), std::move(about.then));
            },
            servers);
    }
    local_.shards().post_after(home_, about.timeout, while_alive([this, id] { time_out(id); }));
    publish(say(about.words(id)), {});
}

void cluster_adapter::time_out(const std::string& id) {
    std::optional<node_requests::ended> ended;
    {
        const std::lock_guard lock(pending_->mutex);
        ended = pending_->nodes.time_out(id);
    }
    if (ended) ended->tell();
}

void cluster_adapter::server_left(const std::string& uid) {
    std::vector<node_requests::ended> complete;
    {
        const std::lock_guard lock(pending_->mutex);
        complete = pending_->nodes.server_left(uid);
    }
    for (auto& one : complete)
        one.tell();
}

// ---- what other servers say

struct cluster_adapter::incoming {
    cluster_adapter& here;
    const std::string& from;
    const std::string& offset;
    const kept_until_done& kept;

    void operator()(cluster::initial_heartbeat&) const {}
    void operator()(cluster::heartbeat&) const {}
    void operator()(cluster::adapter_close&) const {}

    void operator()(cluster::join& order) const { here.apply(std::move(order), offset, kept); }
    void operator()(cluster::leave& order) const { here.apply(std::move(order), offset, kept); }
    void operator()(cluster::disconnect& order) const {
        here.apply(std::move(order), offset, kept);
    }
    void operator()(cluster::broadcast& order) const {
        if (!order.request_id) return here.apply(std::move(order), offset, kept);
        auto answers =
            count_first({respond<cluster::client_count, std::size_t>(*order.request_id),
                         respond<cluster::client_answer, std::optional<value>>(*order.request_id)});
        // Clients may take longer to answer than the shards to ask them.
        answers.asked = keeping(std::move(answers.asked));
        here.local_.deliver_with_ack(std::move(order.event), std::move(order.to),
                                     with_ack_timeout(order.flags), std::move(answers));
    }

    void operator()(cluster::fetch_sockets& question) const {
        here.local_.fetch(question.who,
                          keeping(respond<cluster::sockets_response, std::vector<socket_details>>(
                              question.request_id)));
    }
    void operator()(cluster::server_side_emit& question) const {
        ack_sender reply;
        if (question.request_id)
            reply = ack_sender(
                [send = respond<cluster::server_side_response, std::optional<value>>(
                     *question.request_id)](array answer) { send(first_of(std::move(answer))); });
        here.local_.server_side_event(std::move(question.event), std::move(reply));
    }

    void operator()(cluster::sockets_response& response) const {
        answer(response.request_id, {.sockets = std::move(response.sockets)});
    }
    void operator()(cluster::server_side_response& response) const {
        answer(response.request_id, {.values = {std::move(response.answer).value_or(value())}});
    }
    void operator()(cluster::client_count& response) const {
        const auto collector = here.pending_->count_broadcast(response.request_id, from);
        if (collector) collector->add_count(response.clients);
    }
    void operator()(cluster::client_answer& response) const {
        const auto collector = here.pending_->find_broadcast(response.request_id);
        if (collector) collector->add_answer(std::move(response.answer));
    }

    // Sends such an answer back, whenever and wherever it is known.
    template<class Response, class Answer>
    std::function<void(Answer)> respond(const std::string& id) const {
        return here.while_alive([&adapter = here, to = from, id](Answer answer) {
            adapter.publish_response(to, adapter.say(Response{id, std::move(answer)}));
        });
    }
    // For what the shards hold on to until the last one has done its part.
    template<class Result>
    std::function<void(Result)> keeping(std::function<void(Result)> then) const {
        return [kept = kept, then = std::move(then)](Result result) { then(std::move(result)); };
    }
    void answer(const std::string& id, server_answers with) const {
        std::optional<node_requests::ended> ended;
        {
            const std::lock_guard lock(here.pending_->mutex);
            ended = here.pending_->nodes.answer(id, from, std::move(with));
        }
        if (ended) ended->tell();
    }
};

void cluster_adapter::on_message(cluster_message message, std::string offset,
                                 kept_until_done kept) {
    if (message.uid == uid_ || message.nsp != local_.name()) return;
    run_on_shard([this, message = std::move(message), offset = std::move(offset),
                  kept = std::move(kept)]() mutable {
        on_heard(message);
        std::visit(incoming{*this, message.uid, offset, kept}, message.what);
    });
}

void cluster_adapter::on_message(const value& encoded, std::string offset) {
    if (auto message = cluster_message::from_value(encoded))
        on_message(*std::move(message), std::move(offset));
    else
        on_malformed_message();
}

void cluster_adapter::on_malformed_message() {
    run_on_shard([this] { local_.on_malformed_message(); });
}

} // namespace sockeye::socketio
