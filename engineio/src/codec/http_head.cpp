#include "codec/http_head.hpp"

#include "codec/http_chars.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/container/small_vector.hpp>

#include <algorithm>

namespace sockeye::engineio {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;

std::string_view to_std(beast::string_view text) {
    return {text.data(), text.size()};
}

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

// Beast tells the parts of the head apart; the views it hands out stay in the block.
class head_reader final : public http::basic_parser<true> {
public:
    explicit head_reader(std::size_t block_size) {
        header_limit(static_cast<std::uint32_t>(block_size) + 1); // the scanner has bounded it
        body_limit(boost::none);                                  // bodies are not Beast's here
    }

    // The status to refuse the message with, 0 if there is nothing against it.
    unsigned objection() const;
    http_request request() const {
        return {method_, target_, version_, {fields_.data(), fields_.size()}};
    }
    http_framing framing() const;

private:
    void on_request_impl(http::verb verb, beast::string_view method, beast::string_view target,
                         int version, beast::error_code& error) override {
        // As Node does: only the methods that are registered, in upper case as they are.
        if (verb == http::verb::unknown) error = http::error::bad_method;
        method_ = to_std(method);
        target_ = to_std(target);
        version_ = static_cast<unsigned>(version);
    }

    void on_field_impl(http::field id, beast::string_view name, beast::string_view value,
                       beast::error_code& error) override;

    // Never called: there is no response here, and the block ends where the body would begin.
    void on_response_impl(int, beast::string_view, int, beast::error_code&) override {}
    void on_header_impl(beast::error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, beast::error_code&) override {}
    std::size_t on_body_impl(beast::string_view, beast::error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, beast::error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, beast::error_code&) override {
        return 0;
    }
    void on_finish_impl(beast::error_code&) override {}

    std::string_view method_;
    std::string_view target_;
    unsigned version_ = 11;
    // Browsers send some fifteen fields.
    boost::container::small_vector<http_field, 32> fields_;
    unsigned hosts_ = 0;
    unsigned content_lengths_ = 0;
    unsigned transfer_encodings_ = 0;
    bool only_chunked_ = false;
    bool connection_upgrade_ = false;
    bool upgrade_field_ = false;
    bool expects_continue_ = false;
};

void head_reader::on_field_impl(http::field id, beast::string_view name, beast::string_view value,
                                beast::error_code& error) {
    const auto text = to_std(value);
    fields_.push_back({to_std(name), text});
    switch (id) {
    case http::field::host:
        ++hosts_;
        break;
    case http::field::content_length:
        ++content_lengths_;
        // Beast also takes lists of equal numbers; the next hop may not.
        if (!std::ranges::all_of(text, engineio::is_digit)) error = http::error::bad_content_length;
        break;
    case http::field::transfer_encoding:
        ++transfer_encodings_;
        only_chunked_ = equals_ignoring_case(text, "chunked");
        break;
    case http::field::connection:
        connection_upgrade_ = connection_upgrade_ || http::token_list{value}.exists("upgrade");
        break;
    case http::field::upgrade:
        upgrade_field_ = true;
        break;
    case http::field::expect:
        expects_continue_ = equals_ignoring_case(text, "100-continue");
        break;
    default:
        break;
    }
}

unsigned head_reader::objection() const {
    if (content_lengths_ > 1 || transfer_encodings_ > 1) return 400;
    if (content_lengths_ > 0 && transfer_encodings_ > 0) return 400;
    // RFC 9112 §6.1: a 1.0 peer does not know the coding, so someone else has put it there.
    if (transfer_encodings_ > 0 && version_ < 11) return 400;
    if (transfer_encodings_ > 0 && !only_chunked_) return 501;
    if (hosts_ > 1 || (hosts_ == 0 && version_ >= 11)) return 400; // RFC 9112 §3.2
    return 0;
}

http_framing head_reader::framing() const {
    http_framing framing;
    if (const auto length = content_length()) framing.content_length = *length;
    framing.chunked = transfer_encodings_ > 0;
    framing.keep_alive = keep_alive();
    framing.upgrade = connection_upgrade_ && upgrade_field_;
    const bool has_body = framing.chunked || framing.content_length.value_or(0) > 0;
    framing.wants_continue = expects_continue_ && has_body && version_ >= 11;
    return framing;
}

// Beast calls a version that it does not speak and one that is none the same.
bool names_other_version(std::string_view block) {
    const auto line = block.substr(0, block.find('\r'));
    const auto version = line.substr(line.rfind(' ') + 1);
    return version.size() == 8 && version.starts_with("HTTP/") && is_digit(version[5]) &&
           version[6] == '.' && is_digit(version[7]);
}

} // namespace

http_head parse_head(std::string_view block) {
    head_reader reader(block.size());
    beast::error_code error;
    reader.put(boost::asio::buffer(block), error);
    http_head head;
    if (error == http::error::bad_version && names_other_version(block))
        head.error_status = 505;
    else if (error || !reader.is_header_done())
        head.error_status = 400;
    else
        head.error_status = reader.objection();
    if (head.error_status != 0) return head;
    head.request = reader.request();
    head.framing = reader.framing();
    return head;
}

} // namespace sockeye::engineio
