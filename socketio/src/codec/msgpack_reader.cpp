#include "codec/msgpack.hpp"
#include "codec/text.hpp"
#include "codec/value_builder.hpp"

#include <msgpack/null_visitor.hpp>
#include <msgpack/unpack.hpp> // parse.hpp alone does not compile

#include <cstdint>
#include <utility>

namespace sockeye::socketio {

namespace {

constexpr char fixext_1 = '\xd4';
constexpr char fixext_8 = '\xd7';

/// Milliseconds since 1970, as eight bytes in network order.
std::int64_t read_date(std::string_view bytes) {
    std::uint64_t n = 0;
    for (const char byte : bytes) {
        n = n << 8 | static_cast<unsigned char>(byte);
    }
    return static_cast<std::int64_t>(n);
}

/// What msgpack's parser calls. False stops it.
class msgpack_handler : public msgpack::null_visitor {
public:
    explicit msgpack_handler(const parser_limits& limits) : builder_(limits) {}

    bool visit_nil() { return add(nullptr); }
    bool visit_boolean(bool yes) { return add(yes); }
    bool visit_positive_integer(std::uint64_t n) { return add(n); }
    bool visit_negative_integer(std::int64_t n) { return add(n); }
    bool visit_float32(float n) { return add(n); }
    bool visit_float64(double n) { return add(n); }
    bool visit_str(const char* text, std::uint32_t size) {
        const std::string_view whole(text, size);
        if (!is_utf8(whole)) return false;
        return std::exchange(key_expected_, false) ? builder_.add_key(whole) : add(whole);
    }
    bool visit_bin(const char* bytes, std::uint32_t size) {
        return add(binary{std::string(bytes, size)});
    }

    /// `bytes` begins with the extension's type.
    bool visit_ext(const char* bytes, std::uint32_t size) {
        if (size == 0 || bytes[0] != 0) return false; // not of this dialect
        const std::string_view content(bytes + 1, size - 1);
        // What is meant depends on which form was chosen, although others are of the same length.
        // The parser reads from one piece of memory: the form, or its length, stands before.
        if (bytes[-1] == fixext_1) return add(nullptr);
        if (bytes[-1] == fixext_8) return add(read_date(content));
        return add(binary{std::string(content)});
    }

    bool start_array(std::uint32_t) { return !key_expected_ && builder_.open_array(); }
    bool end_array() {
        builder_.close();
        return true;
    }
    bool start_map(std::uint32_t) { return !key_expected_ && builder_.open_object(); }
    bool start_map_key() {
        key_expected_ = true;
        return true;
    }
    bool end_map() {
        builder_.close();
        return true;
    }

    value take() { return builder_.take(); }

private:
    template<class Leaf>
    bool add(Leaf&& leaf) {
        return !key_expected_ && builder_.add(std::forward<Leaf>(leaf));
    }

    value_builder builder_;
    bool key_expected_ = false; // only a string will do
};

} // namespace

bool parse_msgpack(std::string_view bytes, const parser_limits& limits, value& into) {
    msgpack_handler handler(limits);
    std::size_t end = 0;
    if (!msgpack::parse(bytes.data(), bytes.size(), end, handler)) return false;
    if (end != bytes.size()) return false;
    into = handler.take();
    return true;
}

} // namespace sockeye::socketio
