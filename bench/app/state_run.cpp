#include "crowd.hpp"
#include "runs.hpp"
#include "spread.hpp"

#include <chrono>

namespace sockeye::bench {
namespace {

using steady = std::chrono::steady_clock;

// Each user goes round: into a room of the directory, to be present in a hall, and out of both.
class state_run {
public:
    state_run(driver& on, const app_options& o)
        : driver_(on), options_(o), all_(on, o, [this](auto&, auto) { ++heard_; }),
          rooms_(std::max(1U, o.users / o.room_size)) {}

    void run(report& r) {
        for (std::uint32_t user = 0; user < options_.users; ++user)
            all_.add(user);
        all_.open();
        steps_.resize(all_.size());
        // Each at another place of the round, so that rooms are half full at all times.
        for (unsigned step = 0; step < round; ++step)
            all_.each([&](app_client& c) {
                if (c.number() / rooms_ % round > step) go_on(c);
            });
        work_for(options_.warmup);
        measure(r);
        for (unsigned step = 1; step < round; ++step)
            all_.each([this](app_client& c) {
                if (steps_[c.number()] % round != 0) go_on(c);
            });
        expect_nobody();
    }

private:
    static constexpr unsigned round = 4;

    void measure(report& r) {
        times_.clear();
        heard_ = 0;
        expense spent(options_);
        work_for(options_.seconds);
        spent.report_per(r, "cpu_us_per_operation", double(times_.size()));
        r.add("told_per_operation", double(heard_) / double(times_.size()));
        times_.report_as(r, "answer");
    }

    void work_for(double seconds) {
        driver_.run_at_intervals(options_.rate, seconds, [this] {
            if (app_client* next = next_idle()) go_on(*next);
        });
        all_.settle();
    }

    // Nobody leaves before the answer to having come is there. None: all of them wait.
    app_client* next_idle() {
        for (std::size_t looked_at = 0; looked_at < all_.size(); ++looked_at) {
            app_client& next = all_[next_++ % all_.size()];
            if (!next.is_waiting()) return &next;
        }
        return nullptr;
    }

    // The users of a room do not follow one another.
    std::string room_of(const app_client& c) const { return std::to_string(c.number() % rooms_); }

    void go_on(app_client& c) {
        const std::string room = argument("roomId", "room-" + room_of(c));
        const std::string hall = argument("roomId", "hall-" + room_of(c));
        switch (steps_[c.number()]++ % round) {
        case 0:
            return ask(c, "room:join", room, true);
        case 1:
            return ask(c, "presence:join", hall, true);
        case 2:
            return ask(c, "presence:leave", hall, false);
        default:
            return ask(c, "room:leave", room, false);
        }
    }

    // `is_in`: the answer names the user; what presence:leave answers names nobody.
    void ask(app_client& c, std::string_view event, const std::string& room, bool is_in) {
        c.ask(event, room, [this, &c, is_in, asked = steady::now()](std::string_view answer) {
            times_.add(std::chrono::duration<double, std::milli>(steady::now() - asked).count());
            if ((answer.find('"' + c.user() + '"') != answer.npos) != is_in)
                driver_.board.fail(c.number(),
                                   "a wrong answer: " + std::string(answer.substr(0, 200)));
        });
    }

    void expect_nobody() {
        for (unsigned room = 0; room < rooms_; ++room) {
            expect("presence:list", "hall-" + std::to_string(room), "\"users\":[]");
            expect("room:get", "room-" + std::to_string(room), "\"participants\":[]");
        }
        all_.settle();
    }

    void expect(const char* question, const std::string& room, const char* part) {
        all_[0].ask(question, argument("roomId", room),
                    [this, room, part](std::string_view answer) {
                        if (answer.find(part) == answer.npos)
                            driver_.board.fail(
                                0, room + " is not empty: " + std::string(answer.substr(0, 200)));
                    });
    }

    driver& driver_;
    const app_options& options_;
    crowd all_;
    const unsigned rooms_;
    std::vector<unsigned> steps_; // of each client
    std::size_t next_ = 0;
    std::uint64_t heard_ = 0;
    spread times_;
};

} // namespace

void run_state(driver& on, const app_options& o, report& r) {
    state_run(on, o).run(r);
}

} // namespace sockeye::bench
