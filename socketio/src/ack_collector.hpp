#pragma once

#include <sockeye/engineio/shards.hpp>
#include <sockeye/socketio/adapter.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace sockeye::socketio {

// Gathers what the clients of one broadcast answer, on all servers: complete when every server has
// said how many it asked, and as many have answered; or at its time-out, with what there is then.
// From any thread; `then` is called once, on the thread that completes it.
class ack_collector : public std::enable_shared_from_this<ack_collector> {
public:
    static std::shared_ptr<ack_collector>
    make(engineio::shards& shards, std::chrono::milliseconds timeout, answers_callback then);
    static std::shared_ptr<ack_collector> make(answers_callback then); // with no time-out yet

    void time_out_after(engineio::shards& shards, std::chrono::milliseconds timeout);
    void expect_servers(std::size_t count);
    void add_count(std::size_t clients);          // of one server
    void add_answer(std::optional<value> answer); // none: null, among the others
    void fail(const std::string& error);
    // For the clients of this server.
    [[nodiscard]] answer_sink sink();

private:
    explicit ack_collector(answers_callback then) : then_(std::move(then)) {}
    void finish_if_complete(std::unique_lock<std::mutex> lock);
    void finish(std::unique_lock<std::mutex> lock, const std::string& error);

    std::mutex mutex_;
    answers_callback then_; // empty once it has been called
    std::size_t servers_ = 0;
    bool servers_known_ = false;
    std::size_t counted_ = 0;
    std::size_t clients_ = 0;
    array responses_;
};

// Who sets no time-out gets the reference's: none to speak of.
emit_flags with_ack_timeout(emit_flags flags);

// Delivers the event to this server's sockets, which are all there are, and gathers their answers.
void collect_locally(local_namespace& local, array event, selection to, const emit_flags& flags,
                     answers_callback then);

} // namespace sockeye::socketio
