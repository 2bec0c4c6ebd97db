#pragma once

#include "codec/content_coding.hpp"

#include <sockeye/engineio/http.hpp>

#include <array>
#include <string>

namespace sockeye::engineio {

// A file with all its encodings, made once: any thread answers from them.
class served_file {
public:
    explicit served_file(static_file file);

    // Whatever the method, as in the reference.
    [[nodiscard]] http_response answer(const http_request& request) const;

private:
    [[nodiscard]] const std::string& body(content_coding coding) const {
        return bodies_[static_cast<std::size_t>(coding)];
    }

    std::string content_type_;
    std::string tag_;
    std::array<std::string, 4> bodies_; // by content_coding
};

} // namespace sockeye::engineio
