#include "io/poller.hpp"

#include <cerrno>
#include <system_error>

namespace sockeye::engineio {
namespace {

int make_set() {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0) throw std::system_error(errno, std::generic_category(), "sockeye: epoll_create1");
    return set;
}

} // namespace

poller::poller(asio::io_context& context) : set_(context, make_set()) {}

void poller::start(std::weak_ptr<void> owner, std::function<void()> after_batch) {
    owner_ = std::move(owner);
    after_batch_ = std::move(after_batch);
    wait();
}

bool poller::add(int descriptor, pollable& target) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &target;
    return ::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, descriptor, &event) == 0;
}

void poller::remove(int descriptor, pollable& target) {
    ::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, descriptor, nullptr);
    for (int i = next_; i < size_; ++i)
        if (batch_[static_cast<std::size_t>(i)].data.ptr == &target)
            batch_[static_cast<std::size_t>(i)].data.ptr = nullptr;
}

void poller::stop() {
    error_code ignored;
    set_.cancel(ignored);
}

void poller::wait() {
    set_.async_wait(asio::posix::descriptor_base::wait_read,
                    [this, owner = owner_](const error_code& ec) {
                        if (ec || owner.expired()) return;
                        run_batch();
                        wait();
                    });
}

// One batch a turn: what else is ready makes the set readable again at once, and other work of the
// loop gets its turn between.
void poller::run_batch() {
    size_ = ::epoll_wait(set_.native_handle(), batch_.data(), static_cast<int>(batch_.size()), 0);
    for (next_ = 0; next_ < size_;) {
        const epoll_event event = batch_[static_cast<std::size_t>(next_++)];
        if (event.data.ptr) static_cast<pollable*>(event.data.ptr)->on_ready(event.events);
    }
    next_ = size_ = 0;
    after_batch_();
}

} // namespace sockeye::engineio
