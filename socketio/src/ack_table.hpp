#pragma once

#include <sockeye/engineio/shards.hpp>
#include <sockeye/socketio/emission.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <unordered_map>

namespace sockeye::socketio {

// The acknowledgements that one client owes, each finished exactly once: by an answer, by its
// time-out, or by the client's going. Of its shard's thread.
class ack_table {
public:
    // Told how one ended; "" for an answer.
    using finish = std::function<void(ack_error error, array answer)>;

    explicit ack_table(engineio::shards& shards) : shards_(shards) {}

    [[nodiscard]] std::size_t size() const { return waiting_.size(); }
    void add(std::uint64_t id, std::optional<std::chrono::milliseconds> timeout, finish then);
    // False: nobody waits for it.
    bool answer(std::uint64_t id, array with);
    // Nobody waits for it any more, and nobody is told.
    void forget(std::uint64_t id) { waiting_.erase(id); }
    void fail_all(const std::string& why);

private:
    struct entry final : engineio::timed {
        entry(ack_table& table, std::uint64_t number, finish told)
            : owner(table), id(number), then(std::move(told)) {}
        void on_timer(engineio::time_point) override;
        ack_table& owner;
        std::uint64_t id;
        finish then;
    };
    std::unique_ptr<entry> take(std::uint64_t id);

    engineio::shards& shards_;
    std::unordered_map<std::uint64_t, std::unique_ptr<entry>> waiting_;
};

} // namespace sockeye::socketio
