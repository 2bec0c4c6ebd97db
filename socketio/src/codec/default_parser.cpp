#include "codec/json.hpp"
#include "codec/packet_head.hpp"
#include "codec/packet_writer.hpp"

namespace sockeye::socketio {

namespace {

/// A packet whose attachments have not all come.
struct unfinished {
    packet head;
    std::size_t expected = 0;
    std::size_t bytes = 0;
    std::vector<binary> attachments{}; // grows as they come: their number is only a claim
};

struct placeholder {
    value* where;
    std::size_t index;
};

/// The index that stands in `from`, an object with `"_placeholder":true`; past the end if none.
std::size_t placeholder_index(const object& from, std::size_t count) {
    const value* num = from.find("num");
    if (num == nullptr || !num->is_number()) return count;
    const double index = num->as_double();
    if (!(index >= 0 && index < static_cast<double>(count))) return count;
    const auto whole = static_cast<std::size_t>(index);
    return static_cast<double>(whole) == index ? whole : count;
}

bool is_placeholder(const value& from) {
    const value* mark = from.find("_placeholder");
    return mark != nullptr && *mark == value(true);
}

/// All placeholders in `root`; false if one names no attachment.
bool find_placeholders(value& root, std::size_t count, std::vector<placeholder>& found) {
    std::vector<value*> pending{&root};
    while (!pending.empty()) {
        value* const next = pending.back();
        pending.pop_back();
        if (auto* items = next->get_if<array>()) {
            for (value& item : *items) {
                if (item.is_container()) pending.push_back(&item);
            }
        } else if (is_placeholder(*next)) {
            found.push_back({next, placeholder_index(next->as_object(), count)});
            if (found.back().index == count) return false;
        } else if (auto* members = next->get_if<object>()) {
            for (auto& [key, val] : *members) {
                if (val.is_container()) pending.push_back(&val);
            }
        }
    }
    return true;
}

/// Puts the attachments where they belong. One that is named twice is there twice, and since each
/// costs memory here, what was a small reference in the text, all of them together are bounded.
bool put_attachments(value& root, std::vector<binary>& attachments, std::size_t most_bytes) {
    std::vector<placeholder> places;
    if (!find_placeholders(root, attachments.size(), places)) return false;
    std::vector<std::size_t> uses(attachments.size());
    for (const placeholder& place : places) {
        const std::size_t size = attachments[place.index].bytes.size();
        if (size > most_bytes) return false;
        most_bytes -= size;
        ++uses[place.index];
    }
    for (const placeholder& place : places) {
        binary& data = attachments[place.index];
        *place.where = --uses[place.index] == 0 ? value(std::move(data)) : value(data);
    }
    return true;
}

class default_decoder final : public decoder {
public:
    explicit default_decoder(const parser_limits& limits) : limits_(limits) {}

    decode_result add(std::string_view data, bool binary, packet& into) override {
        return binary ? add_attachment(data, into) : add_text(data, into);
    }

    void reset() override { unfinished_.reset(); }

private:
    static decode_result fail(std::string_view why) { return {decode_status::error, why}; }

    decode_result add_text(std::string_view text, packet& into) {
        if (unfinished_) return fail("got plaintext data when reconstructing a packet");
        packet_head head;
        const std::string_view error = parse_head(text, limits_, head);
        if (!error.empty()) return fail(error);
        value data;
        if (!head.json.empty() && !read_data(head, data)) return fail("invalid payload");
        packet& target = head.attachments == 0 ? into : start(head.attachments).head;
        target.type = head.type == packet_type::binary_event ? packet_type::event
                      : head.type == packet_type::binary_ack ? packet_type::ack
                                                             : head.type;
        target.nsp = head.nsp;
        target.id = head.id;
        target.data = std::move(data);
        return {head.attachments == 0 ? decode_status::packet : decode_status::need_more};
    }

    bool read_data(const packet_head& head, value& data) const {
        // A null by itself is no packet's data, while a null value stands for none.
        return parse_json(head.json, limits_, data) && !data.is_null() &&
               is_valid_data(head.type, data);
    }

    unfinished& start(std::size_t attachments) {
        unfinished_ = std::make_unique<unfinished>(unfinished{.expected = attachments});
        return *unfinished_;
    }

    decode_result add_attachment(std::string_view data, packet& into) {
        if (!unfinished_) return fail("got binary data when not reconstructing a packet");
        if (data.size() > limits_.max_attachment_bytes - unfinished_->bytes) {
            return fail("attachments too large");
        }
        unfinished_->bytes += data.size();
        unfinished_->attachments.push_back({std::string(data)});
        if (unfinished_->attachments.size() < unfinished_->expected) return {};
        const auto complete = std::move(unfinished_);
        if (!put_attachments(complete->head.data, complete->attachments,
                             limits_.max_attachment_bytes)) {
            return fail("illegal attachments");
        }
        into = std::move(complete->head);
        return {decode_status::packet};
    }

    const parser_limits& limits_; // the parser's
    std::unique_ptr<unfinished> unfinished_;
};

class json_parser final : public parser {
public:
    explicit json_parser(const parser_limits& limits) : limits_(limits) {}

    using parser::encode;
    void encode(const packet& from, message_sink& into) const override {
        // A buffer that is warm from the packets before. What one message swelled is given back.
        thread_local std::string text;
        thread_local std::vector<const binary*> attachments;
        text.clear();
        attachments.clear();
        append_packet(text, from.type, from.nsp, from.id, from.data, attachments);
        into.add(text, false);
        for (const binary* attachment : attachments) {
            into.add(attachment->bytes, true);
        }
        if (text.capacity() > kept_bytes) std::string().swap(text);
    }

    [[nodiscard]] std::unique_ptr<decoder> make_decoder() const override {
        return std::make_unique<default_decoder>(limits_);
    }

private:
    static constexpr std::size_t kept_bytes = 64 * 1024;
    const parser_limits limits_;
};

} // namespace

std::vector<wire_message> parser::encode(const packet& from) const {
    struct collector final : message_sink {
        void add(std::string_view data, bool binary) override {
            messages.push_back({std::string(data), binary});
        }
        std::vector<wire_message> messages;
    } sink;
    encode(from, sink);
    return std::move(sink.messages);
}

std::shared_ptr<const parser> default_parser(const parser_limits& limits) {
    return std::make_shared<json_parser>(limits);
}

} // namespace sockeye::socketio
