#include <sockeye/app/config.hpp>
#include <sockeye/engineio/random_id.hpp>

#include <unistd.h>

namespace sockeye::app {

std::string unique_node_id() {
    char host[65] = {}; // the last stays zero: a longer name is cut without an end
    gethostname(host, sizeof host - 1);
    return std::string(host) + '-' + std::to_string(getpid()) + '-' +
           engineio::random_id().substr(0, 8);
}

} // namespace sockeye::app
