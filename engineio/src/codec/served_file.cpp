#include "codec/served_file.hpp"

#include "codec/base64.hpp"
#include "codec/entity_tag.hpp"

#include <openssl/sha.h>

#include <utility>

namespace sockeye::engineio {
namespace {

constexpr content_coding offered[] = {content_coding::brotli, content_coding::gzip,
                                      content_coding::deflate};

std::string hash(std::string_view content) {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
    SHA256(reinterpret_cast<const unsigned char*>(content.data()), content.size(), digest.data());
    std::string text;
    base64url_encode(text, {reinterpret_cast<const char*>(digest.data()), digest.size()});
    return text;
}

} // namespace

served_file::served_file(static_file file) : content_type_(std::move(file.content_type)) {
    tag_ = '"' + (file.version.empty() ? hash(file.content) : file.version) + '"';
    for (const content_coding coding : offered)
        bodies_[static_cast<std::size_t>(coding)] = encode(coding, file.content);
    bodies_[static_cast<std::size_t>(content_coding::identity)] = std::move(file.content);
}

http_response served_file::answer(const http_request& request) const {
    http_response response;
    // To be asked for again each time, which the tag makes cheap. A 304 says all of this too.
    response.headers = {
        {"Cache-Control", "public, max-age=0"}, {"ETag", tag_}, {"Vary", "Accept-Encoding"}};
    if (matches_tag(request.header("if-none-match"), tag_)) {
        response.status = 304;
        return response;
    }
    const auto coding = choose_coding(request.header("accept-encoding"), offered);
    response.headers.emplace_back("Content-Type", content_type_);
    if (coding != content_coding::identity)
        response.headers.emplace_back("Content-Encoding", name(coding));
    response.body = body(coding);
    return response;
}

} // namespace sockeye::engineio
