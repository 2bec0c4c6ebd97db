#include "crowd.hpp"

#include <utility>

namespace sockeye::bench {
namespace {

constexpr unsigned asks_at_once = 100; // of those that are not measured

const char* const path = "/socket.io/";

} // namespace

crowd::crowd(driver& on, const app_options& o, app_client::told hears)
    : driver_(on), targets_{{o.port, path}, {o.other_port, path}}, hears_(std::move(hears)) {}

void crowd::add(std::uint32_t of, unsigned server) {
    clients_.push_back(std::make_unique<app_client>(
        std::uint32_t(size()), driver_, targets_[server], "user-" + std::to_string(of), hears_));
}

void crowd::open() {
    driver_.open(clients_, clients_.size());
}

void crowd::each(const std::function<void(app_client&)>& asks) {
    for (std::size_t i = 0; i < size() && driver_.board.failure.empty(); ++i) {
        asks((*this)[i]);
        driver_.run_until([&] { return driver_.board.on_the_way < asks_at_once; }, patience_s);
    }
    settle();
}

void crowd::settle() {
    if (!driver_.run_until([&] { return driver_.board.on_the_way == 0; }, patience_s))
        driver_.board.fail(0, std::to_string(driver_.board.on_the_way) + " answers did not come");
}

expense::expense(const app_options& o)
    : options_(o), server_(o.server_pid), redis_(read_cpu(o.redis_pid)) {}

void expense::report_per(report& r, const char* unit, double units) {
    server_.end();
    server_.report_per(r, unit, units);
    r.add("redis_cpu_us", (read_cpu(options_.redis_pid) - redis_).total * 1e6 / units);
}

std::string argument(std::string_view key, std::string_view value) {
    std::string made = "{\"";
    made.append(key).append("\":\"").append(value).append("\"}");
    return made;
}

} // namespace sockeye::bench
