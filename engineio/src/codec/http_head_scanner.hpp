#pragma once

#include <cstddef>
#include <string_view>

namespace sockeye::engineio {

enum class scan_verdict { need_more, complete, refused };

/// Looks at the bytes of a head as they arrive, each once, and refuses the first that is out of
/// place: long before the end of the head if need be.
class http_head_scanner {
public:
    struct limits {
        std::size_t max_fields;
        std::size_t max_target;
    };

    /// `trailer`: the block has no request line.
    enum class block { head, trailer };

    explicit http_head_scanner(limits limits, block kind = block::head);

    /// Consumes from the front of `bytes`: all of them, or up to the end of the block or the byte
    /// that was refused.
    scan_verdict next(std::string_view& bytes);

    bool started() const { return started_; }
    unsigned error_status() const { return error_status_; }
    std::size_t field_count() const { return fields_; }

private:
    enum class state { method, target, version, line_lf, line_start, name, value, end_lf };

    scan_verdict step(std::string_view& bytes);
    scan_verdict scan_method(std::string_view& bytes);
    scan_verdict scan_target(std::string_view& bytes);
    scan_verdict scan_version(std::string_view& bytes);
    scan_verdict scan_line_start(std::string_view& bytes);
    scan_verdict scan_name(std::string_view& bytes);
    scan_verdict scan_value(std::string_view& bytes);
    scan_verdict refuse(unsigned status);

    limits limits_;
    std::size_t target_size_ = 0;
    std::size_t fields_ = 0;
    state state_;
    bool started_ = false;
    unsigned error_status_ = 0;
};

} // namespace sockeye::engineio
