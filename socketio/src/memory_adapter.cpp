#include "memory_adapter.hpp"

#include "recovery_log.hpp"
#include "solitary_adapter.hpp"

#include <memory>
#include <utility>

namespace sockeye::socketio {
namespace {

// Events reach the shards through a log, in its order: whoever comes back on any shard gets exactly
// what lies between the last event that it had and those that are still to be delivered there.
class recovering_adapter final : public solitary_adapter {
public:
    recovering_adapter(local_namespace& of, const recovery_options& options)
        : solitary_adapter(of), log_(std::make_shared<recovery_log>(of, options)) {}

    void start() override { log_->sweep_regularly(); }

    void broadcast(array event, selection to, const emit_flags& flags) override {
        if (flags.volatile_)
            solitary_adapter::broadcast(std::move(event), std::move(to), flags);
        else
            log_->append(std::move(event), std::move(to), flags);
    }

    bool recovers() const override { return true; }
    void persist_session(saved_session session) override { log_->save(std::move(session)); }
    void restore_session(const std::string& private_id, const std::string& offset,
                         std::function<void(restored_session)> then) override {
        then(log_->restore(private_id, offset));
    }

private:
    std::shared_ptr<recovery_log> log_;
};

} // namespace

std::unique_ptr<adapter> memory_adapter(local_namespace& local,
                                        const std::optional<recovery_options>& recovery) {
    if (recovery) return std::make_unique<recovering_adapter>(local, *recovery);
    return std::make_unique<solitary_adapter>(local);
}

} // namespace sockeye::socketio
