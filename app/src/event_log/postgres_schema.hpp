#pragma once

namespace sockeye::app {

class postgres_connection;

/// Makes the tables, or brings them to this version, also where several instances do so at once.
/// Throws if they are ahead.
void migrate(postgres_connection& database);

} // namespace sockeye::app
