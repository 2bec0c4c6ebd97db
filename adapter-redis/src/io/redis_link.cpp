#include "io/command_connection.hpp"
#include "io/own_thread.hpp"
#include "io/subscription_connection.hpp"

#include <sockeye/adapter_redis/redis_link.hpp>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include <atomic>
#include <optional>

namespace sockeye::adapter_redis {

namespace {

redis_options with_log(redis_options options) {
    if (!options.log) options.log = engineio::log_to_standard_error;
    return options;
}

redis_options logging_while(const std::atomic<bool>& wanted, redis_options options) {
    options.log = [&wanted, log = options.log](engineio::log_level level, std::string_view line) {
        if (wanted) log(level, line);
    };
    return options;
}

std::string encode(const std::vector<std::string>& words) {
    std::string bytes;
    append_command(bytes, std::vector<std::string_view>(words.begin(), words.end()));
    return bytes;
}

std::string_view count_word(channel_kind kind) {
    return kind == channel_kind::sharded ? "SHARDNUMSUB" : "NUMSUB";
}

/// Of a channel's name and how many subscribe to it.
std::optional<std::size_t> read_count(const reply& answer) {
    if (answer.items.size() != 2 || answer.items[1].integer < 0) return std::nullopt;
    return static_cast<std::size_t>(answer.items[1].integer);
}

} // namespace

/// What the link works on. On a thread of its own it may go on after the link is gone, to come to
/// an end.
class link_core {
public:
    /// On a loop of its own, if it is given none.
    link_core(redis_options options, std::shared_ptr<link_ledger> ledger, io_context* loop)
        : given_(with_log(std::move(options))), options_(logging_while(logs_, given_)),
          ledger_(std::move(ledger)), tls_(make_tls_context(options_)),
          own_(loop ? nullptr : std::make_unique<io_context>(1)), context_(loop ? *loop : *own_),
          end_(context_), commands_(context_, tls_, options_, *ledger_),
          subscriptions_(context_, tls_, options_) {
        if (own_) work_.emplace(asio::make_work_guard(*own_));
        post([this] { commands_.start(); });
    }

    void run() {
        is_own_thread = true;
        own_->run();
    }

    void finish() {
        subscriptions_.stop();
        end_.expires_after(options_.close_timeout);
        end_.async_wait([this](const error_code&) {
            commands_.stop();
            work_.reset();
        });
        commands_.when_idle([this] { end_.cancel(); });
    }
    /// Of a loop that does not run any more.
    void stop() {
        subscriptions_.stop();
        commands_.stop();
    }

    template<class Task>
    void post(Task task) {
        asio::post(context_, std::move(task));
    }

    [[nodiscard]] pubsub::subscription_id next_id() { return ++last_id_; }
    // What the log is written to may end with the link.
    void be_silent() { logs_ = false; }
    [[nodiscard]] const redis_options& options() const { return given_; }
    command_connection& commands() { return commands_; }
    subscription_connection& subscriptions() { return subscriptions_; }

private:
    std::atomic<bool> logs_{true};
    const redis_options given_;
    const redis_options options_;
    const std::shared_ptr<link_ledger> ledger_;
    asio::ssl::context tls_;
    const std::unique_ptr<io_context> own_;
    io_context& context_;
    std::optional<asio::executor_work_guard<io_context::executor_type>> work_; // of our own
    asio::steady_timer end_;
    command_connection commands_;
    subscription_connection subscriptions_;
    std::atomic<pubsub::subscription_id> last_id_{0};
};

std::unique_ptr<redis_link> redis_client::open_link(const redis_options& options, unsigned) const {
    return std::make_unique<redis_link>(options);
}

redis_link::redis_link(redis_options options)
    : redis_link(std::move(options), std::make_shared<link_ledger>()) {}

redis_link::redis_link(redis_options options, std::shared_ptr<link_ledger> ledger)
    : core_(std::make_shared<link_core>(std::move(options), std::move(ledger), nullptr)),
      thread_([core = core_] { core->run(); }) {}

redis_link::redis_link(redis_options options, io_context& loop)
    : core_(std::make_shared<link_core>(std::move(options), std::make_shared<link_ledger>(),
                                        &loop)) {}

void redis_link::end() {
    core_->stop();
}

redis_link::~redis_link() {
    if (!has_own_thread()) {
        end();
        return;
    }
    core_->post([core = core_.get()] { core->finish(); });
    if (thread_.get_id() != std::this_thread::get_id()) {
        thread_.join();
    } else { // a handler has held the last reference to the link
        core_->be_silent();
        thread_.detach();
    }
}

// Without a handler nobody else would know that it was lost.
void redis_link::command(const std::vector<std::string>& words, reply_handler then) {
    const bool says = !then;
    core_->commands().send(encode(words), {std::move(then), says});
}

void redis_link::command_after_asking(const std::vector<std::string>& words, reply_handler then) {
    std::string bytes;
    append_command(bytes, {"ASKING"});
    bytes += encode(words);
    core_->commands().send(bytes, {std::move(then)}, 2);
}

void redis_link::command_for(std::string_view, const std::vector<std::string>& words,
                             reply_handler then) {
    command(words, std::move(then));
}

void redis_link::say_for(std::string_view, const std::vector<std::string>& words,
                         reply_handler then) {
    core_->commands().send(encode(words), {std::move(then), true});
}

bool redis_link::reaches(std::string_view) const {
    return counters().connected;
}

redis_options redis_link::options_for(std::string_view) const {
    return options();
}

void redis_link::publish(channel_kind kind, std::string_view channel, std::string_view payload) {
    std::string bytes;
    append_command(bytes,
                   {kind == channel_kind::sharded ? "SPUBLISH" : "PUBLISH", channel, payload});
    core_->commands().send(bytes, {{}, true});
}

pubsub::subscription_id redis_link::subscribe(channel_kind kind, std::string_view name,
                                              message_handler handler,
                                              std::function<void()> ready) {
    const subscription_id which = core_->next_id();
    core_->post([core = core_.get(), which, kind, name = std::string(name),
                 handler = std::move(handler), ready = std::move(ready)]() mutable {
        core->subscriptions().add(which, kind, name, std::move(handler), std::move(ready));
    });
    return which;
}

void redis_link::unsubscribe(subscription_id which) {
    core_->post([core = core_.get(), which] { core->subscriptions().remove(which); });
}

void redis_link::count_subscribers(channel_kind kind, std::string_view channel,
                                   count_handler then) {
    std::string bytes;
    append_command(bytes, {"PUBSUB", count_word(kind), channel});
    core_->commands().send(
        bytes, {[then = std::move(then)](const reply& answer) { then(read_count(answer)); }});
}

link_counters redis_link::counters() const {
    return core_->commands().counters();
}

const redis_options& redis_link::options() const {
    return core_->options();
}

} // namespace sockeye::adapter_redis
