#include "io/refused_connection.hpp"

#include "codec/http_response_writer.hpp"

namespace sockeye::engineio {

void refused_connection::on_started(connection& link) {
    http_response response;
    response.status = status_;
    response.headers = {{"Retry-After", "5"}};
    std::string out;
    append_response(out, response, false, false, link.home().http_date());
    link.write(std::move(out));
    link.close_gently(seconds(1));
}

} // namespace sockeye::engineio
