/// @file
/// Warehouses, identified by the marketplace's id or the exact name. The source decides the kind, never a name.
#pragma once

#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>

namespace stocktracker::inline v0 {

enum class WarehouseKind : unsigned char {
  marketplace,  ///< the channel's own (FBO)
  seller,       ///< the seller's own (FBS)
  undisclosed,  ///< the channel does not name it: all such rows of one answer form one warehouse
};
[[nodiscard]] STK_API const char* to_string(WarehouseKind kind) noexcept;

struct Warehouse {
  std::string key;     ///< the channel's id as text
  std::string name;    ///< raw, as the channel writes it
  std::string region;  ///< raw; empty if the channel does not say
  WarehouseKind kind = WarehouseKind::marketplace;
};

/// A seller warehouse in the channel's list; views are valid during the call to the sink.
struct WarehouseRow {
  std::string_view key;
  std::string_view name;
  bool active = true;  ///< false while the channel is deleting it
};

}  // namespace stocktracker::inline v0
