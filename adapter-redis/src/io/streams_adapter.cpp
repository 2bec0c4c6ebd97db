#include "codec/channels.hpp"
#include "io/pubsub_adapter.hpp"
#include "io/stream_publisher.hpp"
#include "io/stream_reader.hpp"
#include "io/stream_recovery.hpp"
#include "state/sent_entries.hpp"
#include "state/stream_only_servers.hpp"

#include <sockeye/adapter_redis/streams_adapter.hpp>
#include <sockeye/socketio/options.hpp>

#include <map>
#include <utility>

namespace sockeye::adapter_redis {

namespace cluster = socketio::cluster;
using socketio::cluster_message;
using socketio::local_namespace;

namespace {

// For servers of version 0.2, which look at the type alone. Its data tells it from theirs, which
// are to be answered.
envelope make_beat(const cluster_message& heartbeat) {
    envelope beat = to_envelope(heartbeat);
    beat.data = socketio::object{};
    return beat;
}
bool is_beat_of_ours(const envelope& read) {
    return read.type == 2 && !read.data.is_null();
}

// The streams of a server, each read once for all namespaces in it.
class stream_readers {
public:
    stream_readers(std::shared_ptr<redis_client> link, std::size_t read_count)
        : link_(std::move(link)), read_count_(read_count) {}

    std::shared_ptr<stream_reader> reader_of(const std::string& stream, engineio::shards& shards,
                                             unsigned home) {
        const std::lock_guard lock(mutex_);
        auto& reader = readers_[stream];
        if (!reader) {
            reader = std::make_shared<stream_reader>(link_, stream, read_count_, shards, home);
            reader->start();
        }
        return reader;
    }

private:
    const std::shared_ptr<redis_client> link_;
    const std::size_t read_count_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<stream_reader>> readers_;
};

// To be replayed, and to reach servers that were away; nothing else goes through the stream.
bool is_for_sockets(const cluster_message& message) {
    const auto* const order = std::get_if<cluster::broadcast>(&message.what);
    if (order != nullptr) return !order->request_id;
    return std::holds_alternative<cluster::join>(message.what) ||
           std::holds_alternative<cluster::leave>(message.what) ||
           std::holds_alternative<cluster::disconnect>(message.what);
}

class streams_redis_adapter final : public pubsub_adapter {
public:
    streams_redis_adapter(local_namespace& local, std::shared_ptr<redis_client> link,
                          const std::shared_ptr<stream_readers>& readers,
                          const streams_options& options)
        : pubsub_adapter(
              local, link, options.common,
              {kind_of(options), cluster_channels(options.channel_prefix, local.name()).everybody}),
          link_(std::move(link)), kind_(kind_of(options)), stream_(stream_of(options, local)),
          channels_(options.channel_prefix, local.name()), own_(uid(), local.name()),
          entries_(link_, stream_, options.max_length),
          reader_(readers->reader_of(stream_, local.shards(), home())),
          recovery_(make_recovery(options)) {}

    void start() override {
        await_one();
        subscribe({{{kind_, channels_.of(uid())}, envelopes_but(own_)},
                   {{kind_, channels_.everybody}, envelopes_but(own_)}});
        listening_ = reader_->listen(
            local().name(),
            {while_alive([this](const stream_id& from) { begin_at(from); }),
             while_alive([this](const stream_entry& entry, const stream_reader::batch& of) {
                 read(entry, of);
             })});
    }
    void close() override {
        reader_->unlisten(local().name(), listening_);
        if (old_ones_.know_of_us()) entries_.add(say(cluster::adapter_close{}));
        pubsub_adapter::close();
    }

    [[nodiscard]] bool recovers() const override { return recovery_ != nullptr; }
    void persist_session(socketio::saved_session session) override { recovery_->save(session); }
    void restore_session(const std::string& private_id, const std::string& offset,
                         std::function<void(socketio::restored_session)> then) override {
        recovery_->restore(private_id, offset, std::move(then));
    }

protected:
    void publish(const cluster_message& message, sent_callback sent) override {
        if (!is_for_sockets(message)) {
            bus().publish(kind_, channels_.everybody, encode_packed(to_envelope(message)));
            if (sent) sent({});
        } else if (!recovers() || !link_->reaches(stream_)) {
            entries_.add(message);
            if (sent) sent({});
        } else {
            add_for_all(message, std::move(sent));
        }
    }
    void publish_response(const std::string& to_uid, const cluster_message& message) override {
        if (old_ones_.has(to_uid))
            entries_.add(message);
        else
            bus().publish(kind_, channels_.of(to_uid), encode_packed(to_envelope(message)));
    }

private:
    static channel_kind kind_of(const streams_options& options) {
        return options.sharded_pubsub ? channel_kind::sharded : channel_kind::plain;
    }
    static std::string stream_of(const streams_options& options, const local_namespace& of) {
        return stream_name(options.stream_name, options.stream_count, of.name());
    }
    std::shared_ptr<stream_recovery> make_recovery(const streams_options& options) {
        const auto* const wanted = local().recovery();
        if (wanted == nullptr) return nullptr;
        return std::make_shared<stream_recovery>(
            local(), link_,
            [this](unsigned shard, redis_client::reply_handler tell) {
                return on_shard<reply>(shard, std::move(tell));
            },
            stream_recovery::settings{local().name(), stream_, options.session_key_prefix,
                                      wanted->max_disconnection_duration,
                                      options.common.request_timeout, options.max_missed_bytes});
    }

    // In the name of who is no server, so that it is taken for another's when it has been through
    // the stream: this server's clients get it in the stream's order, too, and with its offset.
    void add_for_all(cluster_message message, sent_callback sent) {
        message.uid = socketio::emitter_uid;
        envelope said = to_envelope(std::move(message));
        stream_fields entry = encode_entry(said);
        sent_.put(entry, std::move(said));
        entries_.add(std::move(entry), while_open([sent = std::move(sent)](const reply& answer) {
                         if (answer.is_error() && sent) sent({});
                     }));
    }

    // ---- on the thread of the reader's link

    void begin_at(const stream_id& from) {
        if (recovery_) recovery_->begin_at(from);
        one_is_ready();
    }

    void read(const stream_entry& entry, const stream_reader::batch& of) {
        const std::string* const from = find_field(entry.fields, "uid");
        if (from != nullptr && *from == uid()) return; // carried out when it was sent
        auto read = sent_.take(entry.fields);
        if (!read) read = decode_entry(entry.fields);
        if (read && is_beat_of_ours(*read)) return;
        at_home([this, id = entry.id,
                 message = read ? from_envelope(*std::move(read)) : std::nullopt, of]() mutable {
            message ? handle(id, *std::move(message), of) : local().on_malformed_message();
        });
    }
    template<class Task>
    void at_home(Task task) {
        if (local().shards().current() == home())
            task();
        else
            local().shards().post(home(), while_alive(std::move(task)));
    }
    void handle(const stream_id& id, cluster_message message, const stream_reader::batch& of) {
        if (old_ones_.on_entry(message, std::chrono::steady_clock::now()))
            entries_.add(make_beat(say(cluster::heartbeat{})));
        auto* const order = std::get_if<cluster::broadcast>(&message.what);
        if (recovery_ && order != nullptr && !order->request_id)
            recovery_->deliver(id, std::move(*order), of);
        else
            on_message(std::move(message), {}, of);
    }

    const std::shared_ptr<redis_client> link_;
    const channel_kind kind_;
    const std::string stream_;
    const cluster_channels channels_;
    const own_ending own_;
    const stream_publisher entries_;
    sent_entries sent_; // and not yet read, with recovery
    const std::shared_ptr<stream_reader> reader_;
    stream_reader::listener_id listening_ = 0;
    const std::shared_ptr<stream_recovery> recovery_; // null: off
    stream_only_servers old_ones_;
};

} // namespace

socketio::adapter_factory streams_adapter(std::shared_ptr<redis_client> link,
                                          streams_options options) {
    const auto readers = std::make_shared<stream_readers>(link, options.read_count);
    return [link = std::move(link), readers, options = std::move(options)](local_namespace& local) {
        return std::make_unique<streams_redis_adapter>(local, link, readers, options);
    };
}

} // namespace sockeye::adapter_redis
