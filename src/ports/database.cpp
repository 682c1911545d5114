// Destructors of the SQL interfaces.
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

RowCursor::~RowCursor() = default;
Transaction::~Transaction() = default;
Database::~Database() = default;
Storage::~Storage() = default;

}  // namespace stocktracker::inline v0
