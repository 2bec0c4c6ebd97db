#pragma once

#include <sockeye/socketio/parser.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace sockeye::socketio {

// A client's view of what a server sends it: it knows what must not come. Events carry a number of
// their own as first argument, and `true` as second where they must come in order.
class peer {
public:
    explicit peer(bool version_2);

    // Each is told ahead of what it causes.
    void says(std::string_view data, bool binary);
    void hear(std::string_view data, bool binary);

    // The acknowledgement that it owes for longest; 0 if there is none.
    [[nodiscard]] std::uint64_t take_owed(const std::string& nsp);
    [[nodiscard]] const std::string& private_id() const { return private_id_; }
    [[nodiscard]] const std::string& offset() const { return offset_; }

private:
    struct place {
        bool asked = false;
        bool joined = false;
        bool left = false; // what is said to it until the application is told means nothing
        std::multiset<std::uint64_t> asks;
        std::vector<std::uint64_t> owes;
        std::set<std::int64_t> heard;
        std::int64_t last_in_order = 0;
    };

    void ask_for(const std::string& nsp);
    void on_connect(place& at, const packet& reply);
    void on_event(place& at, const packet& event);
    static void on_answer(place& at, const packet& answer);

    const std::shared_ptr<const parser> codec_ = default_parser();
    const std::unique_ptr<decoder> said_ = codec_->make_decoder();
    const std::unique_ptr<decoder> heard_ = codec_->make_decoder();
    const bool version_2_;
    std::map<std::string, place> places_;
    std::string private_id_; // those of the namespace that said them last
    std::string offset_;
};

} // namespace sockeye::socketio
