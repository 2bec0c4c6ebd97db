#pragma once

#include "event_log/batch_plan.hpp"
#include "event_log/postgres_connection.hpp"

/// The steps of the transaction that writes a batch.
namespace sockeye::app {

/// False: the batch has been committed before. Waits for a transaction of the same writer that was
/// left behind with a broken connection, so that its fate is known.
bool claim_batch(postgres_connection& in, const std::string& writer_id, std::uint64_t batch_number);

/// Makes or touches the rows of the sessions, which are locked from then on.
void touch_sessions(postgres_connection& in, const batch_plan& plan);
/// Numbers the events and writes them. A statement of its own after the one that locks: it sees
/// what those who held the locks before have written.
void insert_events(postgres_connection& in, const batch_plan& plan);
void add_usage(postgres_connection& in, const batch_plan& plan);

} // namespace sockeye::app
