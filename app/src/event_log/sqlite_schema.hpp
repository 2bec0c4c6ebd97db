#pragma once

namespace sockeye::app {

class sqlite_connection;

/// Makes the tables, or brings them to this version. Throws if they are ahead.
void migrate(sqlite_connection& database);

} // namespace sockeye::app
