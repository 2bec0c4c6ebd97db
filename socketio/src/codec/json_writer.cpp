#include "codec/json.hpp"
#include "codec/plain_text.hpp"
#include "codec/text.hpp"

#include <boost/container/small_vector.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace sockeye::socketio {

namespace {

using byte = unsigned char;

/// Text on its way to a string, which takes it by the hundred characters: being asked for each is
/// what it is slow at.
class buffered_text {
public:
    explicit buffered_text(std::string& out) : out_(out) {}
    buffered_text(const buffered_text&) = delete;
    buffered_text& operator=(const buffered_text&) = delete;
    ~buffered_text() { flush(); }

    void add(char c) {
        if (size_ == buffer_.size()) flush();
        buffer_[size_++] = c;
    }
    void add(std::string_view text) {
        if (text.size() > buffer_.size() - size_) flush();
        if (text.size() > buffer_.size()) {
            out_.append(text);
            return;
        }
        std::memcpy(buffer_.data() + size_, text.data(), text.size());
        size_ += text.size();
    }

private:
    void flush() {
        out_.append(buffer_.data(), size_);
        size_ = 0;
    }

    std::string& out_;
    std::size_t size_ = 0;
    std::array<char, 256> buffer_;
};

void add_escape(buffered_text& out, char c) {
    constexpr std::string_view named = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    constexpr std::string_view digits = "0123456789abcdef";
    out.add('\\');
    if (const std::size_t i = named.find(c); i != named.npos) {
        out.add(letters[i]);
    } else {
        out.add("u00");
        out.add(digits[static_cast<byte>(c) >> 4]);
        out.add(digits[static_cast<byte>(c) & 15]);
    }
}

void add_string(buffered_text& out, std::string_view text) {
    out.add('"');
    const char* written = text.data();
    const char* const end = text.data() + text.size();
    const auto flush = [&](const char* until, const char* next) {
        out.add({written, until});
        written = next;
    };
    for (const char* at = skip_plain(written, end); at != end; at = skip_plain(at, end)) {
        if (static_cast<byte>(*at) < 0x80) {
            flush(at, at + 1);
            add_escape(out, *at++);
            continue;
        }
        const auto [size, valid] = first_utf8_sequence({at, end});
        if (!valid) {
            flush(at, at + size);
            out.add(replacement_character);
        }
        at += size;
    }
    flush(end, end);
    out.add('"');
}

void add_integer(buffered_text& out, auto n) {
    std::array<char, 24> text;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), n).ptr;
    out.add({text.data(), end});
}

void add_zeros(buffered_text& out, int count) {
    for (; count > 0; --count)
        out.add('0');
}

// ECMAScript's Number::toString: the shortest digits that read back as the same number, with the
// point among them while it is near (20 places to the right, 7 to the left), else an exponent.
void add_number(buffered_text& out, double number) {
    if (!std::isfinite(number)) return out.add("null");
    if (number == 0) return out.add('0'); // also for -0
    if (number < 0) out.add('-');
    std::array<char, 32> text; // d.ddde+xx
    const auto end = std::to_chars(text.data(), text.data() + text.size(), std::abs(number),
                                   std::chars_format::scientific)
                         .ptr;
    const std::string_view all(text.data(), end);
    const std::size_t mark = all.find('e');
    std::string digits(1, all[0]); // 17 at most: no allocation beyond 15
    if (mark > 2) digits += all.substr(2, mark - 2);
    int exponent = 0;
    const char* from = end - all.size() + mark + (all[mark + 1] == '+' ? 2 : 1);
    std::from_chars(from, end, exponent);
    const int count = static_cast<int>(digits.size());
    const int point = exponent + 1; // how many digits stand before it
    const std::string_view shown = digits;
    if (point > 21 || point < -5) {
        out.add(shown[0]);
        if (count > 1) {
            out.add('.');
            out.add(shown.substr(1));
        }
        out.add(exponent < 0 ? "e-" : "e+");
        add_integer(out, std::abs(exponent));
    } else if (point <= 0) {
        out.add("0.");
        add_zeros(out, -point);
        out.add(shown);
    } else if (point >= count) {
        out.add(shown);
        add_zeros(out, point - count);
    } else {
        const auto whole = static_cast<std::size_t>(point);
        out.add(shown.substr(0, whole));
        out.add('.');
        out.add(shown.substr(whole));
    }
}

/// Writes a tree without recursion: `open_` holds the way down to where it is.
class json_writer {
public:
    json_writer(buffered_text& out, std::vector<const binary*>* attachments)
        : out_(out), attachments_(attachments) {}

    void write(const value& root) {
        begin(root);
        while (!open_.empty()) {
            step();
        }
    }

private:
    struct level {
        const value* container;
        std::size_t next;
    };

    void step() {
        level& current = open_.back();
        const std::size_t i = current.next++;
        if (const auto* items = current.container->get_if<array>()) {
            if (i == items->size()) return close(']');
            if (i != 0) out_.add(',');
            begin((*items)[i]);
        } else {
            const auto& members = *current.container->get_if<object>();
            if (i == members.size()) return close('}');
            if (i != 0) out_.add(',');
            const auto& [key, val] = members.begin()[static_cast<std::ptrdiff_t>(i)];
            add_string(out_, key);
            out_.add(':');
            begin(val);
        }
    }

    void close(char bracket) {
        out_.add(bracket);
        open_.pop_back();
    }

    void begin(const value& from) {
        switch (from.kind()) {
        case value_kind::null:
            out_.add("null");
            break;
        case value_kind::boolean:
            out_.add(*from.get_if<bool>() ? "true" : "false");
            break;
        case value_kind::integer:
            add_integer(out_, *from.get_if<std::int64_t>());
            break;
        case value_kind::unsigned_integer:
            add_integer(out_, *from.get_if<std::uint64_t>());
            break;
        case value_kind::number:
            add_number(out_, *from.get_if<double>());
            break;
        case value_kind::string:
            add_string(out_, *from.get_if<std::string>());
            break;
        case value_kind::binary:
            write_binary(*from.get_if<binary>());
            break;
        case value_kind::array:
        case value_kind::object:
            out_.add(from.is_array() ? '[' : '{');
            open_.push_back({&from, 0});
            break;
        }
    }

    void write_binary(const binary& data) {
        if (attachments_ != nullptr) {
            out_.add("{\"_placeholder\":true,\"num\":");
            add_integer(out_, attachments_->size());
            out_.add('}');
            attachments_->push_back(&data);
            return;
        }
        out_.add("{\"type\":\"Buffer\",\"data\":[");
        for (std::size_t i = 0; i < data.bytes.size(); ++i) {
            if (i != 0) out_.add(',');
            add_integer(out_, static_cast<unsigned>(static_cast<byte>(data.bytes[i])));
        }
        out_.add("]}");
    }

    buffered_text& out_;
    std::vector<const binary*>* attachments_;
    boost::container::small_vector<level, 8> open_;
};

} // namespace

void append_json_string(std::string& out, std::string_view text) {
    buffered_text buffer(out);
    add_string(buffer, text);
}

void append_json_number(std::string& out, double number) {
    buffered_text buffer(out);
    add_number(buffer, number);
}

void append_json(std::string& out, const value& from) {
    buffered_text buffer(out);
    json_writer(buffer, nullptr).write(from);
}

void append_json(std::string& out, const value& from, std::vector<const binary*>& attachments) {
    buffered_text buffer(out);
    json_writer(buffer, &attachments).write(from);
}

} // namespace sockeye::socketio
