// Attacks on the wall between tenants; what each found out.
#pragma once

#include <functional>
#include <memory>
#include <set>
#include <string>

#include <stocktracker/ports/database.hpp>

namespace isolation {

// item(id, name, amount) of the database contract's schema.
[[nodiscard]] stocktracker::Schema schema() noexcept;

// The names of the attacks that got through; empty: the wall stands. The storage has one connection, so that every
// call comes to where the one before it was. `insert` writes a row of one tenant while another is set, past the seam,
// and returns whether that was refused.
using RawInsert = std::function<bool(const std::string& set, const std::string& written)>;
[[nodiscard]] std::set<std::string> attack(stocktracker::Storage& storage, const RawInsert& insert);

}  // namespace isolation
