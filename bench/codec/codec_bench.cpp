// What codecs and events cost without sockets: codec_bench lists the operations, codec_bench NAME
// COUNT does one of them COUNT times, bench/codec/instructions counts what that takes.
#include "operations.hpp"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <string_view>

int main(int argc, char** argv) {
    auto operations = sockeye::bench::engineio_operations();
    operations.merge(sockeye::bench::socketio_operations());
    operations.merge(sockeye::bench::server_operations());
    if (argc != 3) {
        for (const auto& [name, operation] : operations)
            std::printf("%s\n", name.c_str());
        return argc == 1 ? 0 : 1;
    }
    const auto chosen = operations.find(argv[1]);
    const std::string_view times = argv[2];
    unsigned long count = 0;
    std::from_chars(times.begin(), times.end(), count);
    if (chosen == operations.end() || count == 0) return 1;

    const auto start = std::chrono::steady_clock::now();
    for (unsigned long i = 0; i < count; ++i)
        chosen->second();
    const std::chrono::duration<double, std::nano> spent = std::chrono::steady_clock::now() - start;
    std::printf("%.2f\n", spent.count() / double(count));
}
