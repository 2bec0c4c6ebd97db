#include "io/request_questions.hpp"

#include <utility>

namespace sockeye::engineio {
namespace {

// The application may look at the request after its connection has gone, so it gets a copy: hooks
// are rare enough, once per request or handshake.
class middleware_question final : public pending_question, public middleware_context {
public:
    middleware_question(http_connection& from, bool upgrade)
        : request_(from.request()), peer_(from.link().peer()), upgrade_(upgrade) {}

    const http_request& request() const override { return request_; }
    std::string remote_address() const override { return peer_.text(); }
    void set_header(std::string name, std::string value) override {
        headers.emplace_back(std::move(name), std::move(value));
    }
    void end(http_response response) override {
        if (!upgrade_) return refuse(std::move(response));
        // A half-made upgrade has no answer that a browser would show.
        pending_question::answer(self.lock(), [](http_connection& from) { from.abort(); });
    }
    void refuse(http_response response) override {
        pending_question::answer(
            self.lock(), [this, response = std::move(response)](http_connection& from) mutable {
                take_headers(from);
                from.respond(std::move(response));
            });
    }
    void take_headers(http_connection& into) {
        for (auto& header : headers)
            into.extra_headers().push_back(std::move(header));
        headers.clear();
    }

    std::weak_ptr<middleware_question> self;
    header_list headers;

private:
    http_request request_;
    peer_address peer_;
    bool upgrade_;
};

class permission_question final : public pending_question {
public:
    explicit permission_question(const http_request& asked) : request(asked) {}
    http_request request;
};

} // namespace

void ask_middleware(http_connection& from, const middleware& step, bool upgrade,
                    std::function<void(http_connection&, std::optional<std::string>)> then) {
    const auto question = std::make_shared<middleware_question>(from, upgrade);
    question->self = question;
    from.ask(question);
    step(*question, [question, then = std::move(then)](std::optional<std::string> error) {
        pending_question::answer(question, [question, then, error](http_connection& asked) {
            question->take_headers(asked);
            then(asked, error);
        });
    });
}

void ask_permission(http_connection& from, const allow_request& check,
                    std::function<void(http_connection&, std::optional<std::string>)> then) {
    const auto question = std::make_shared<permission_question>(from.request());
    from.ask(question);
    check(question->request, [question, then = std::move(then)](std::optional<std::string> no) {
        pending_question::answer(question, [then, no](http_connection& asked) { then(asked, no); });
    });
}

} // namespace sockeye::engineio
