#pragma once

#include "../load/report.hpp"
#include "app_client.hpp"
#include "options.hpp"

#include <functional>
#include <vector>

namespace sockeye::bench {

// The connections of a run, at one server or at two.
class crowd {
public:
    crowd(driver& on, const app_options& o, app_client::told hears);

    // User `of`, at that server: 0, or 1 for the other instance.
    void add(std::uint32_t of, unsigned server = 0);
    void open();
    // What each client has to ask first, a bounded number at a time, until all is answered.
    void each(const std::function<void(app_client&)>& asks);
    void settle(); // until everything is answered

    app_client& operator[](std::size_t i) { return static_cast<app_client&>(*clients_[i]); }
    [[nodiscard]] std::size_t size() const { return clients_.size(); }

private:
    driver& driver_;
    const target targets_[2];
    const app_client::told hears_;
    driver::sessions clients_;
};

// What a run spends, from its making until `end`.
class expense {
public:
    explicit expense(const app_options& o);
    // Server and Redis CPU per unit, and what tells whether the figures may be trusted.
    void report_per(report& r, const char* unit, double units);

private:
    const app_options& options_;
    measurement server_;
    cpu_reading redis_;
};

// `{"key":"value"}`
std::string argument(std::string_view key, std::string_view value);

} // namespace sockeye::bench
