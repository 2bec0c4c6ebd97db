// Whole, byte by byte and in pieces, the same bytes read as the same requests or the same error,
// and nothing that is accepted breaks a bound or leaves the end of a message in doubt.
#include "codec/http_request_parser.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

using namespace sockeye::engineio;

namespace {

// Small, so that short inputs reach them.
constexpr http_parser_limits limits{.max_header_bytes = 512, .max_fields = 8, .max_target = 64};

void require(bool condition) {
    if (!condition) std::abort();
}

void check_head(const http_request_parser& parser) {
    const auto& head = parser.head();
    require(!head.method().empty() && !head.target().empty());
    require(head.target().size() <= limits.max_target);
    require(head.field_count() <= limits.max_fields);
    require(head.path().size() + head.query().size() <= head.target().size());
    require(!(parser.chunked() && parser.content_length()));
    for (std::size_t i = 0; i < head.field_count(); ++i) {
        require(!head.field(i).name.empty() && head.has_header(head.field(i).name));
        require(head.field(i).value.find_first_of(std::string_view("\r\n\0", 3)) ==
                std::string_view::npos);
    }
}

std::string describe(const http_request& head) {
    std::string text = std::string(head.method()) + ' ' + std::string(head.target());
    for (std::size_t i = 0; i < head.field_count(); ++i)
        text += '\n' + std::string(head.field(i).name) + ':' + std::string(head.field(i).value);
    return text + '\n';
}

class reader {
public:
    // False once the connection has failed.
    bool feed(std::string_view piece) {
        for (;;) {
            const auto size = piece.size();
            const auto step = parser_.next(piece);
            require(piece.size() <= size);
            if (step == http_step::need_more) break;
            if (step == http_step::error) {
                text += "error " + std::to_string(parser_.error_status());
                return false;
            }
            write(step);
        }
        require(piece.empty());
        return true;
    }

    std::string text;

private:
    void write(http_step step) {
        if (step == http_step::head) {
            check_head(parser_);
            text += describe(parser_.head());
        } else if (step == http_step::body) {
            require(!parser_.body_chunk().empty());
            text += parser_.body_chunk();
        } else {
            require(!parser_.has_partial());
            text += "complete\n";
            parser_.reset();
        }
    }

    http_request_parser parser_{limits};
};

// In pieces of that size.
std::string read(std::string_view bytes, std::size_t piece_size) {
    reader connection;
    bool alive = true;
    while (alive && !bytes.empty()) {
        const auto piece = bytes.substr(0, piece_size);
        bytes.remove_prefix(piece.size());
        alive = connection.feed(piece);
    }
    return connection.text;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    const auto whole = read(bytes, std::max<std::size_t>(bytes.size(), 1));
    require(read(bytes, 1) == whole);
    require(read(bytes, 2u + data[0]) == whole);
    return 0;
}
