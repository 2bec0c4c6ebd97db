#pragma once

#include "rooms/room_document.hpp"
#include "rooms/room_index.hpp"
#include "rooms/written_rooms.hpp"

#include <atomic>
#include <map>
#include <mutex>
#include <span>

namespace sockeye::app {

/// Writes changes: those of one room one batch after the other, each against what it was read as.
/// Every coroutine keeps it alive by itself: the store may answer when the service has ended.
class rooms::core : public std::enable_shared_from_this<core> {
public:
    /// Changes the room, which may be none; says whether it did. May be called several times.
    using edit = std::function<bool(std::optional<room_document>& room, milliseconds now)>;

    core(const context& on, std::function<void(const socketio::object&)> changed,
         const rooms_options& options)
        : on_(on), changed_(std::move(changed)), options_(options), index_(on_, options.life),
          written_(options.max_remembered_bytes) {}

    task<socketio::object> change(const std::string& room, edit make);
    task<std::optional<room_document>> get(std::string room);
    task<std::vector<room_document>> list(std::size_t limit);
    task<rooms_stats> stats();
    void retire();

    [[nodiscard]] const rooms_options& options() const { return options_; }

private:
    struct change_result {
        socketio::object room;
        std::exception_ptr failure;
    };
    struct waiting_change {
        edit make;
        socketio::resolver<change_result> answer;
    };
    using batch = std::vector<waiting_change>;
    struct edited {
        std::optional<room_document> room;
        std::vector<std::exception_ptr> failures; // for each of the batch
        bool changed = false;
    };

    pending<change_result> enqueue(const std::string& room, edit make);
    task<socketio::object> result_of(pending<change_result> answer);
    void write_soon(const std::string& room);
    task<> write(std::string room);
    /// Whether the room is a new one. `changes` must outlive it.
    task<bool> write_batch(std::string room, const batch& changes);
    /// Upon what this instance wrote last. False: the room has to be read.
    task<bool> write_upon_last(std::string room, const batch& changes);
    std::optional<std::string> take_written(const std::string& room);
    [[nodiscard]] edited apply(const batch& changes, std::optional<room_document> to) const;
    task<bool> replace(std::string room, std::optional<std::string> held, std::string with);
    task<> pause_after(unsigned attempt);
    void answer(const batch& changes, const edited& with);
    void fail(const batch& changes, const std::exception_ptr& why);
    void note_answered(std::size_t changes);
    batch take(const std::string& room);
    void go_on(const std::string& room);

    task<std::size_t> read_some(std::span<const std::string> ids,
                                std::vector<room_document>& into); // bytes
    task<std::optional<std::string>> read(std::string room);
    [[nodiscard]] std::optional<room_document> parse(const std::string& room,
                                                     const std::optional<std::string>& text) const;

    const context on_;
    const std::function<void(const socketio::object&)> changed_;
    const rooms_options options_;
    room_index index_;
    std::atomic<bool> retired_ = false;

    std::mutex mutex_;                                  // guards the rest
    std::map<std::string, batch, std::less<>> waiting_; // an entry while the room is being written
    std::size_t unanswered_ = 0;
    written_rooms written_;
};

} // namespace sockeye::app
