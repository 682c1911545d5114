// Destructors of the SQL interfaces.
#include <stocktracker/ports/database.hpp>

namespace stocktracker::inline v0 {

RowCursor::~RowCursor() = default;
std::uint64_t RowCursor::integers(int first, std::span<std::int64_t> values) const {
  std::uint64_t nulls = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int column = first + static_cast<int>(i);
    values[i] = integer(column);
    if (values[i] == 0 && is_null(column)) nulls |= std::uint64_t{1} << i;
  }
  return nulls;
}
Transaction::~Transaction() = default;
Database::~Database() = default;
Storage::~Storage() = default;

}  // namespace stocktracker::inline v0
