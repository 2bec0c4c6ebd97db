#include "namespace_core.hpp"

#include "encoded_event.hpp"
#include "first_of.hpp"
#include "server_core.hpp"
#include "socket_core.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace sockeye::socketio {
namespace {

// Stands for a connection handler in off().
class welcome_token final : public event_handler {
public:
    welcome_token() : event_handler("connection", false) {}
    std::optional<mismatch> handle(incoming_event&) override { return std::nullopt; }
};

constexpr std::size_t looked_ahead = 16; // sockets

std::string name_of_event(const array& event) {
    return event.empty() || !event.front().is_string() ? std::string() : event.front().as_string();
}

} // namespace

namespace_core::namespace_core(server_core& server, std::string name, kind what, rules_ptr rules)
    : server_(server), name_(std::move(name)), kind_(what), parts_(server.shards().size()),
      rules_(std::move(rules)) {
    if (kind_ == kind::parent) return;
    adapter_ = server.make_adapter(*this);
    if (adapter_->wants_rooms())
        room_watch_.set_adapter(
            [this](std::string_view room, bool exists) { adapter_->on_room(room, exists); });
}

namespace_core::~namespace_core() = default;

engineio::shards& namespace_core::shards() {
    return server_.shards();
}

void namespace_core::close_adapter() {
    if (!adapter_closed_.exchange(true)) adapter_->close();
}

void namespace_core::log(engineio::log_level level, const std::string& line) {
    server_.log(level, "namespace " + name_ + ": " + line);
}

// ---- what a client meets

namespace_core::rules_ptr namespace_core::rules() const {
    const std::lock_guard lock(mutex_);
    return rules_;
}

// Clients that are joining hold on to the rules that they met.
void namespace_core::change_rules(const std::function<void(namespace_rules&)>& change) {
    const std::lock_guard lock(mutex_);
    auto changed = std::make_shared<namespace_rules>(*rules_);
    change(*changed);
    rules_ = std::move(changed);
}

void namespace_core::add_step(namespace_rules::connect_step step) {
    change_rules([&](namespace_rules& rules) { rules.steps.push_back(std::move(step)); });
}

listener namespace_core::add_welcome(namespace_rules::connect_handler handler, bool once) {
    const auto token = std::make_shared<welcome_token>();
    change_rules([&](namespace_rules& rules) {
        rules.handlers.push_back({token, std::move(handler), once});
    });
    return token;
}

namespace_core::rules_ptr namespace_core::take_rules() {
    auto now = rules();
    const auto is_once = [](const namespace_rules::welcome& w) { return w.once; };
    if (std::any_of(now->handlers.begin(), now->handlers.end(), is_once))
        change_rules([&](namespace_rules& rules) {
            now = std::make_shared<const namespace_rules>(rules);
            std::erase_if(rules.handlers, is_once);
        });
    return now;
}

// ---- events of other servers

listener namespace_core::add_handler(std::shared_ptr<event_handler> handler) {
    const std::lock_guard lock(mutex_);
    return handlers_.add(std::move(handler), false);
}

void namespace_core::remove_handler(const listener& one) {
    const auto token = one.lock();
    change_rules([&](namespace_rules& rules) {
        std::erase_if(rules.handlers, [&](const auto& w) { return w.token == token; });
    });
    const std::lock_guard lock(mutex_);
    handlers_.remove(one);
}

void namespace_core::remove_handlers(std::string_view event) {
    if (event == "connection" || event == "connect")
        return change_rules([](namespace_rules& rules) { rules.handlers.clear(); });
    const std::lock_guard lock(mutex_);
    handlers_.remove(event);
}

std::size_t namespace_core::handler_count(std::string_view event) const {
    const std::lock_guard lock(mutex_);
    return event == "connection" || event == "connect" ? rules_->handlers.size()
                                                       : handlers_.count(event);
}

void namespace_core::server_side_event(array event, ack_sender reply) {
    const std::string name = name_of_event(event);
    listener_list::called called;
    {
        const std::lock_guard lock(mutex_);
        called = handlers_.take(name);
    }
    for (std::size_t i = 0; i < called.size(); ++i) {
        incoming_event incoming{event, reply, i + 1 == called.size(), &server_};
        server_.call(called[i], incoming, "server-side event");
    }
}

const recovery_options* namespace_core::recovery() const {
    const auto& wanted = server_.options().recovery;
    return wanted ? &*wanted : nullptr;
}

void namespace_core::on_malformed_message() {
    server_.counters().cluster_messages_malformed.add();
}

void namespace_core::on_dropped_messages(std::size_t count) {
    server_.counters().cluster_messages_dropped.add(count);
}

// ---- children

void namespace_core::add_child(const std::shared_ptr<namespace_core>& child) {
    const std::lock_guard lock(mutex_);
    std::erase_if(children_, [](const auto& c) { return c.expired(); });
    children_.push_back(child);
}

std::vector<std::shared_ptr<namespace_core>> namespace_core::children() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<namespace_core>> living;
    for (const auto& child : children_)
        if (auto alive = child.lock()) living.push_back(std::move(alive));
    return living;
}

// ---- what reaches this server's sockets

prepared_event_ptr namespace_core::prepare(array event, selection to, const emit_flags& flags,
                                           std::string_view offset) {
    if (!offset.empty()) event.emplace_back(offset);
    server_.count_shared_encode();
    return std::make_shared<encoded_event>(server_.packets(),
                                           packet{.nsp = name_, .data = std::move(event)},
                                           std::move(to), flags, !offset.empty());
}

void namespace_core::deliver(const prepared_event_ptr& what, const kept_until_done& kept) {
    const unsigned here = shards().current();
    for (unsigned shard = 0; shard < parts_.size(); ++shard) {
        if (shard == here) continue;
        shards().post(shard,
                      [self = shared_from_this(), what, kept] { self->deliver_here(*what); });
    }
    if (here != engineio::shards::none) deliver_here(*what);
}

void namespace_core::deliver_here(const prepared_event& what) {
    const auto& event = static_cast<const encoded_event&>(what);
    const unsigned shard = shards().current();
    const auto reached = parts_[shard].select(event.to());
    if (reached.empty()) return;
    const array& sent = event.event();
    const auto packets = event.share();
    outgoing_list shorter; // for who knows nothing of offsets
    for (std::size_t i = 0; i < reached.size(); ++i) {
        if (i % looked_ahead == 0) reached.look_ahead(i, looked_ahead);
        socket_core* const socket = reached[i];
        const bool cut = event.has_offset() && !socket->knows_offsets();
        if (cut && shorter.empty()) shorter = event.encode_without_offset();
        socket->send_event(sent, cut ? shorter : packets, event.volatile_());
    }
    server_.counters(shard).deliveries.add(reached.size());
}

void namespace_core::deliver_with_ack(array event, selection to, const emit_flags& flags,
                                      answer_sink answers) {
    const std::uint64_t id = next_ack_id();
    server_.count_shared_encode();
    const auto what = std::make_shared<const encoded_event>(
        server_.packets(), packet{.nsp = name_, .id = id, .data = std::move(event)}, std::move(to),
        flags);
    const auto asked = std::make_shared<std::atomic<std::size_t>>(0);
    for_each_part(
        [this, what, id, flags, answers, asked](namespace_part& part) {
            *asked += deliver_asking(part, *what, id, flags, answers);
        },
        [asked, answers] { answers.asked(*asked); });
}

std::size_t namespace_core::deliver_asking(namespace_part& part, const encoded_event& what,
                                           std::uint64_t id, const emit_flags& flags,
                                           const answer_sink& answers) {
    const auto reached = part.select(what.to());
    const auto packets = what.share();
    std::size_t asked = 0;
    for (socket_core* const socket : reached) {
        const bool expected = socket->expect_ack(
            id, flags.timeout, [answered = answers.answered](const ack_error& error, array answer) {
                if (!error) answered(first_of(std::move(answer)));
            });
        if (!expected) continue;
        socket->send_event(what.event(), packets, what.volatile_());
        ++asked;
    }
    return asked;
}

void namespace_core::for_each_part(std::function<void(namespace_part&)> gather,
                                   std::function<void()> done) {
    const auto left = std::make_shared<std::atomic<std::size_t>>(parts_.size());
    for (unsigned shard = 0; shard < parts_.size(); ++shard)
        server_.run_on(shard, [self = shared_from_this(), shard, gather, done, left] {
            gather(self->parts_[shard]);
            if (--*left == 0) done();
        });
}

void namespace_core::for_each(const selection& who, std::function<void(socket_core&)> task,
                              std::function<void()> done) {
    for_each_part(
        [who, task = std::move(task)](namespace_part& part) {
            for (socket_core* const socket : part.select(who))
                task(*socket);
        },
        std::move(done));
}

void namespace_core::join(const selection& who, const std::vector<std::string>& rooms,
                          const kept_until_done& kept) {
    ++joins_underway_;
    for_each(
        who, [rooms](socket_core& s) { s.join(rooms); }, [this, kept] { --joins_underway_; });
}

void namespace_core::leave(const selection& who, const std::vector<std::string>& rooms,
                           const kept_until_done& kept) {
    for_each(
        who,
        [rooms](socket_core& s) {
            for (const std::string& room : rooms)
                s.leave(room);
        },
        [kept] {});
}

void namespace_core::disconnect(const selection& who, bool close, const kept_until_done& kept) {
    for_each(
        who, [close](socket_core& s) { s.disconnect(close); }, [kept] {});
}

void namespace_core::fetch(const selection& who,
                           std::function<void(std::vector<socket_details>)> then) {
    struct gathered {
        std::mutex mutex;
        std::vector<socket_details> all;
    };
    const auto into = std::make_shared<gathered>();
    for_each_part(
        [who, into](namespace_part& part) {
            std::vector<socket_details> here;
            for (socket_core* const socket : part.select(who))
                here.push_back(socket->details());
            const std::lock_guard lock(into->mutex);
            std::move(here.begin(), here.end(), std::back_inserter(into->all));
        },
        [into, then = std::move(then)] { then(std::move(into->all)); });
}

} // namespace sockeye::socketio
