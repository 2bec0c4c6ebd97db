#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sockeye::testing {

// Generous, because sanitizers and a loaded machine are slow; nothing waits this long unless it
// has failed already.
inline constexpr std::chrono::milliseconds patience{15'000};

struct http_answer {
    unsigned status = 0;
    std::string head; // status line and fields as they came, with the empty line
    std::vector<std::pair<std::string, std::string>> fields;
    std::string body; // without the chunks' framing

    [[nodiscard]] std::string header(std::string_view name) const; // the first; empty: none
    [[nodiscard]] std::size_t count(std::string_view name) const;
};

// A blocking TCP client that sends what it is told, right or wrong. Every call has a deadline and
// throws std::runtime_error, with what had arrived, when it passes.
class raw_client {
public:
    explicit raw_client(unsigned short port, const std::string& address = "127.0.0.1");
    virtual ~raw_client();
    raw_client(raw_client&& other) noexcept;
    raw_client(const raw_client&) = delete;
    raw_client& operator=(const raw_client&) = delete;

    virtual void send(std::string_view bytes);

    // One HTTP answer by Content-Length, by chunks, or, where neither is given, up to the close.
    // `without_body`: an answer to HEAD.
    http_answer read_answer(bool without_body = false);
    http_answer ask(std::string_view request); // send and read_answer

    std::string read_exactly(std::size_t size);
    std::string read_through(std::string_view delimiter);
    std::string read_until_close(); // a reset counts as a close

    // Nothing has arrived, and the peer has not closed, within that time.
    bool silent_for(std::chrono::milliseconds time);

    void finish_sending(); // FIN; still reads
    void close();          // FIN, or RST where something was not read
    void reset();          // RST

    [[nodiscard]] int native_handle() const { return socket_; }

protected:
    // Appends what has arrived to `buffer_`; false at the end.
    virtual bool receive(std::chrono::steady_clock::time_point deadline);
    std::string buffer_; // received, not yet asked for

private:
    std::string take(std::size_t size);
    std::string read_chunks();
    [[noreturn]] void fail(const std::string& what) const;

    int socket_ = -1;
};

// The request of a client that keeps its connection; `extra` are whole field lines.
std::string request(std::string_view method, std::string_view target, std::string_view body = {},
                    std::string_view extra = {});

} // namespace sockeye::testing
