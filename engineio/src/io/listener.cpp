#include "io/listener.hpp"

#include <boost/asio/ip/v6_only.hpp>

#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sstream>
#include <sys/socket.h>
#include <system_error>

namespace sockeye::engineio {
namespace {

// A storm of connections must not keep the shard from those it has.
constexpr int max_accepts_per_turn = 64;
constexpr std::chrono::milliseconds retry_after{200};

// The connection was gone again before it was accepted; the next one may be fine.
bool concerns_one_connection(int error) {
    switch (error) {
    case ECONNABORTED:
    case EINTR:
    case EPROTO:
    case ENETDOWN:
    case ENOPROTOOPT:
    case EHOSTDOWN:
    case ENONET:
    case EHOSTUNREACH:
    case EOPNOTSUPP:
    case ENETUNREACH:
        return true;
    default:
        return false;
    }
}

} // namespace

listener::listener(asio::io_context& context, host owner)
    : acceptor_(context), retry_(context), owner_(std::move(owner)) {}

void listener::open(const tcp::endpoint& endpoint, bool v6_only, int backlog) {
    try {
        acceptor_.open(endpoint.protocol());
        acceptor_.set_option(tcp_acceptor::reuse_address(true));
        if (endpoint.address().is_v6()) acceptor_.set_option(asio::ip::v6_only(v6_only));
        acceptor_.bind(endpoint);
        acceptor_.listen(backlog);
        acceptor_.native_non_blocking(true);
    } catch (const boost::system::system_error& error) {
        std::ostringstream where;
        where << endpoint;
        throw std::system_error(error.code(), "sockeye: cannot listen on " + where.str());
    }
}

void listener::start() {
    wait();
}

void listener::close() {
    error_code ignored;
    acceptor_.close(ignored);
    retry_.cancel();
}

unsigned short listener::port() const {
    return acceptor_.local_endpoint().port();
}

void listener::wait() {
    acceptor_.async_wait(tcp_acceptor::wait_read,
                         [self = shared_from_this()](const error_code& ec) {
                             if (!ec && self->acceptor_.is_open()) self->accept_some();
                         });
}

void listener::accept_some() {
    for (int i = 0; i < max_accepts_per_turn; ++i) {
        sockaddr_storage from{};
        socklen_t size = sizeof from;
        auto* const address = reinterpret_cast<sockaddr*>(&from);
        const int descriptor =
            ::accept4(acceptor_.native_handle(), address, &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            const int on = 1;
            ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            owner_.accepted(descriptor, peer_address(address));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (!concerns_one_connection(errno)) {
            return pause();
        }
    }
    if (acceptor_.is_open()) wait();
}

// Out of descriptors or memory: the connection stays in the backlog, and the socket readable, so
// waiting for it would spin.
void listener::pause() {
    owner_.failed(error_code(errno, boost::system::system_category()));
    retry_.expires_after(retry_after);
    retry_.async_wait([self = shared_from_this()](const error_code& ec) {
        if (!ec && self->acceptor_.is_open()) self->accept_some();
    });
}

} // namespace sockeye::engineio
