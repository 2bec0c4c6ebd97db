#include "ack_collector.hpp"

#include <utility>

namespace sockeye::socketio {

std::shared_ptr<ack_collector> ack_collector::make(answers_callback then) {
    return std::shared_ptr<ack_collector>(new ack_collector(std::move(then)));
}

std::shared_ptr<ack_collector> ack_collector::make(engineio::shards& shards,
                                                   std::chrono::milliseconds timeout,
                                                   answers_callback then) {
    auto made = make(std::move(then));
    made->time_out_after(shards, timeout);
    return made;
}

// The timer keeps it alive: a client that has gone is waited for all the same.
void ack_collector::time_out_after(engineio::shards& shards, std::chrono::milliseconds timeout) {
    const unsigned here = shards.current();
    shards.post_after(here == engineio::shards::none ? 0 : here, timeout,
                      [self = shared_from_this()] { self->fail("operation has timed out"); });
}

void ack_collector::expect_servers(std::size_t count) {
    std::unique_lock lock(mutex_);
    servers_ = count;
    servers_known_ = true;
    finish_if_complete(std::move(lock));
}

void ack_collector::add_count(std::size_t clients) {
    std::unique_lock lock(mutex_);
    ++counted_;
    clients_ += clients;
    finish_if_complete(std::move(lock));
}

void ack_collector::add_answer(std::optional<value> answer) {
    std::unique_lock lock(mutex_);
    responses_.push_back(std::move(answer).value_or(value()));
    finish_if_complete(std::move(lock));
}

void ack_collector::fail(const std::string& error) {
    finish(std::unique_lock(mutex_), error);
}

void ack_collector::finish_if_complete(std::unique_lock<std::mutex> lock) {
    if (servers_known_ && counted_ >= servers_ && responses_.size() >= clients_)
        finish(std::move(lock), {});
}

void ack_collector::finish(std::unique_lock<std::mutex> lock, const std::string& error) {
    const auto then = std::exchange(then_, nullptr);
    if (!then) return;
    array responses = std::move(responses_);
    lock.unlock();
    then(error, std::move(responses));
}

answer_sink ack_collector::sink() {
    return {[self = shared_from_this()](std::size_t clients) { self->add_count(clients); },
            [self = shared_from_this()](std::optional<value> answer) {
                self->add_answer(std::move(answer));
            }};
}

emit_flags with_ack_timeout(emit_flags flags) {
    if (!flags.timeout) flags.timeout = std::chrono::milliseconds(1);
    return flags;
}

void collect_locally(local_namespace& local, array event, selection to, const emit_flags& flags,
                     answers_callback then) {
    const auto collector = ack_collector::make(std::move(then));
    collector->expect_servers(1);
    const emit_flags timed = with_ack_timeout(flags);
    answer_sink answers = collector->sink();
    if (flags.timeout)
        collector->time_out_after(local.shards(), *timed.timeout);
    else // no longer than it takes to find out that there is nobody to wait for
        answers.asked = [&local, timed, collector](std::size_t clients) {
            collector->add_count(clients);
            collector->time_out_after(local.shards(), *timed.timeout);
        };
    local.deliver_with_ack(std::move(event), std::move(to), timed, std::move(answers));
}

} // namespace sockeye::socketio
