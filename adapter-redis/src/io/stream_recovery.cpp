#include "io/stream_recovery.hpp"

#include <string_view>
#include <unordered_set>
#include <utility>

namespace sockeye::adapter_redis {

namespace cluster = socketio::cluster;
using socketio::cluster_message;
using socketio::recovery_outcome;
using socketio::restored_session;
using socketio::saved_session;

namespace {

constexpr const char* page = "100"; // entries that are read at once
constexpr unsigned max_pages = 100;

std::size_t bytes_of(const stream_entry& entry) {
    std::size_t bytes = 0;
    for (const auto& [name, text] : entry.fields)
        bytes += name.size() + text.size();
    return bytes;
}

} // namespace

// One client's way back, on its shard's thread. Alive while its time-out is set: what waits for
// Redis, perhaps for ever, does not hold on to the client's namespace, and the link with it.
class stream_recovery::restoration : public std::enable_shared_from_this<restoration> {
public:
    using finished = std::function<void(restored_session)>;

    restoration(std::shared_ptr<stream_recovery> of, unsigned shard, stream_id offset,
                finished then)
        : of_(std::move(of)), shard_(shard), offset_(offset), last_read_(offset),
          then_(std::move(then)) {}

    void start(const std::string& private_id) {
        of_->local_.shards().post_after(shard_, of_->with_.patience, [self = shared_from_this()] {
            self->finish({recovery_outcome::unknown_session});
        });
        const std::string key = of_->with_.session_key_prefix + private_id;
        ask(key, {"GETDEL", key}, &restoration::on_session);
    }

    void go_on() {
        if (!then_) return;
        const stream_id delivered = here().delivered;
        if (delivered < offset_)
            here().waiting.insert(weak_from_this()); // its last server was ahead of this one
        else if (delivered <= last_read_)
            finish_at(delivered);
        else
            read_page();
    }

private:
    struct missed_event {
        stream_id id;
        cluster::broadcast order;
    };

    shard_state& here() { return of_->shards_[shard_]; }

    void ask(const std::string& key, const std::vector<std::string>& words,
             void (restoration::*then)(const reply&)) {
        auto told = [weak = weak_from_this(), then](const reply& answer) {
            const auto self = weak.lock();
            if (self && self->then_) ((*self).*then)(answer);
        };
        of_->link_->command_for(key, words, of_->answered_(shard_, std::move(told)));
    }

    void on_session(const reply& answer) {
        auto session = answer.kind == reply_kind::text ? decode_session(answer.text) : std::nullopt;
        if (!session) return finish({recovery_outcome::unknown_session});
        session_ = *std::move(session);
        rooms_ = {session_.rooms.begin(), session_.rooms.end()};
        const std::string offset = to_string(offset_);
        const std::string& stream = of_->with_.stream;
        ask(stream, {"XRANGE", stream, offset, offset}, &restoration::on_last_event);
    }
    void on_last_event(const reply& answer) {
        if (answer.items.empty()) return finish({recovery_outcome::events_forgotten});
        go_on();
    }

    void read_page() {
        if (++pages_ > max_pages) return finish({recovery_outcome::events_forgotten});
        const std::string& stream = of_->with_.stream;
        ask(stream, {"XRANGE", stream, "(" + to_string(last_read_), "+", "COUNT", page},
            &restoration::on_page);
    }
    void on_page(const reply& answer) {
        const auto entries = read_entries(answer);
        if (!entries) return finish({recovery_outcome::events_forgotten});
        for (const stream_entry& entry : *entries)
            keep_if_meant(entry);
        if (missed_bytes_ > of_->with_.max_missed_bytes)
            return finish({recovery_outcome::events_forgotten});
        if (!entries->empty()) last_read_ = entries->back().id;
        go_on();
    }
    void keep_if_meant(const stream_entry& entry) {
        auto read = decode_entry(entry.fields);
        if (!read || read->nsp != of_->with_.nsp) return;
        auto message = from_envelope(*std::move(read));
        auto* const order = message ? std::get_if<cluster::broadcast>(&message->what) : nullptr;
        if (order == nullptr || order->request_id || !includes(order->to, rooms_)) return;
        missed_bytes_ += bytes_of(entry);
        missed_.push_back({entry.id, std::move(*order)});
    }

    // What was read beyond is still to be delivered here, to this client too.
    void finish_at(const stream_id& delivered) {
        restored_session restored{recovery_outcome::recovered, std::move(session_), {}};
        for (missed_event& one : missed_)
            if (one.id <= delivered)
                restored.missed.push_back(of_->local_.prepare(std::move(one.order.event),
                                                              std::move(one.order.to),
                                                              one.order.flags, to_string(one.id)));
        finish(std::move(restored));
    }
    void finish(restored_session restored) {
        missed_.clear();
        here().waiting.erase(weak_from_this());
        if (const auto then = std::exchange(then_, {})) then(std::move(restored));
    }

    const std::shared_ptr<stream_recovery> of_;
    const unsigned shard_;
    const stream_id offset_; // of the last event that the client had
    stream_id last_read_;
    unsigned pages_ = 0;
    saved_session session_;
    std::unordered_set<std::string_view> rooms_; // the session's
    std::vector<missed_event> missed_;
    std::size_t missed_bytes_ = 0; // as Redis has them
    finished then_;                // empty: finished
};

stream_recovery::stream_recovery(socketio::local_namespace& local,
                                 std::shared_ptr<redis_client> link, on_shard answered,
                                 settings with)
    : local_(local), link_(std::move(link)), answered_(std::move(answered)), with_(std::move(with)),
      shards_(local.shards().size()) {}

void stream_recovery::on_every_shard(const std::function<void(shard_state&)>& task) {
    for (unsigned shard = 0; shard < shards_.size(); ++shard) {
        auto run = [self = shared_from_this(), life = local_.lifetime().lock(), task, shard] {
            if (life) task(self->shards_[shard]);
        };
        local_.shards().current() == shard ? run() : local_.shards().post(shard, std::move(run));
    }
}

void stream_recovery::deliver(const stream_id& id, cluster::broadcast order,
                              std::shared_ptr<void> kept_until_done) {
    const std::string offset = order.flags.volatile_ ? std::string() : to_string(id);
    const auto event =
        local_.prepare(std::move(order.event), std::move(order.to), order.flags, offset);
    on_every_shard([this, event, id, kept = std::move(kept_until_done)](shard_state& at) {
        local_.deliver_here(*event);
        advance(at, id);
    });
}

void stream_recovery::begin_at(const stream_id& id) {
    on_every_shard([id](shard_state& at) { advance(at, id); });
}

void stream_recovery::advance(shard_state& at, const stream_id& to) {
    at.delivered = std::max(at.delivered, to);
    for (const auto& one : std::exchange(at.waiting, {}))
        if (const auto alive = one.lock()) alive->go_on();
}

void stream_recovery::save(const saved_session& session) {
    const std::string key = with_.session_key_prefix + session.private_id;
    link_->say_for(
        key,
        {"SET", key, encode_session(session), "PX", std::to_string(with_.session_lifetime.count())},
        {});
}

void stream_recovery::restore(const std::string& private_id, const std::string& offset,
                              std::function<void(restored_session)> then) {
    const auto last_had = parse_stream_id(offset);
    if (!last_had) return then({recovery_outcome::events_forgotten});
    std::make_shared<restoration>(shared_from_this(), local_.shards().current(), *last_had,
                                  std::move(then))
        ->start(private_id);
}

std::size_t stream_recovery::waiting() const {
    return shards_[local_.shards().current()].waiting.size();
}

} // namespace sockeye::adapter_redis
