#include "server/metrics.hpp"

#include <doctest/doctest.h>

namespace sockeye::app {

using namespace std::chrono_literals;

TEST_CASE("metrics: text as Prometheus reads it") {
    metrics_text out;
    out.gauge("a", "What a is", 1.5);
    out.counter("b_total", "What b is", 18'446'744'073'709'551'615U);
    out.begin("c", "What c is", "counter");
    out.sample("c", "why", "full", 3);
    CHECK(out.take() == "# HELP a What a is\n# TYPE a gauge\na 1.5\n"
                        "# HELP b_total What b is\n# TYPE b_total counter\n"
                        "b_total 18446744073709551615\n"
                        "# HELP c What c is\n# TYPE c counter\nc{why=\"full\"} 3\n");
}

TEST_CASE("metrics: a histogram's buckets hold all that is within their bound") {
    latency_histogram times;
    times.add(400us);
    times.add(500us);
    times.add(3ms);
    times.add(10s);
    metrics_text out;
    out.histogram("t", "Times", times);
    const std::string text = out.take();
    const auto has = [&](const char* line) { return text.find(line) != std::string::npos; };
    CHECK(has("t_bucket{le=\"0.0005\"} 2\n"));
    CHECK(has("t_bucket{le=\"0.0025\"} 2\n"));
    CHECK(has("t_bucket{le=\"0.005\"} 3\n"));
    CHECK(has("t_bucket{le=\"1\"} 3\n"));
    CHECK(has("t_bucket{le=\"+Inf\"} 4\n"));
    CHECK(has("t_sum 10.0039\n"));
    CHECK(has("t_count 4\n"));
}

} // namespace sockeye::app
