// A complete answer as columns, and its digest.
#include "inventory/snapshot.hpp"

#include <algorithm>
#include <array>

#include "core/hash.hpp"

namespace stocktracker::inline v0::inventory {
namespace {

struct Place {
  std::int64_t offer;
  std::int64_t warehouse;
  std::uint32_t row;

  friend bool operator<(const Place& a, const Place& b) noexcept {
    if (a.offer != b.offer) return a.offer < b.offer;
    if (a.warehouse != b.warehouse) return a.warehouse < b.warehouse;
    return a.row < b.row;
  }
};

struct Quantities {
  std::int64_t on_hand = 0;
  std::int64_t reserved = 0;
  std::int64_t to_client = 0;
  std::int64_t from_client = 0;

  friend bool operator==(const Quantities&, const Quantities&) noexcept = default;
};

std::int64_t cell(const std::vector<std::int64_t>& column, std::size_t row) noexcept {
  return column.empty() ? 0 : column[row];
}

Quantities quantities(const StockCells& columns, std::size_t row) noexcept {
  return {columns.on_hand[row], cell(columns.reserved, row), cell(columns.to_client, row),
          cell(columns.from_client, row)};
}

bool add(std::int64_t& sum, std::int64_t value) noexcept { return !__builtin_add_overflow(sum, value, &sum); }

Error contradiction(const StockCells& columns, std::size_t row) {
  const Warehouse& warehouse = columns.warehouses[columns.warehouse[row]];
  return Error(Errc::vendor_contradiction, "the answer states two values for offer " + columns.offer.to_text(row) +
                                               " in warehouse " + warehouse.key)
      .may_retry();
}

}  // namespace

Result<StockSnapshot> make_snapshot(const StockCells& columns, std::span<const std::int64_t> offer_ids,
                                    std::span<const std::int64_t> warehouse_ids) {
  const std::size_t rows = columns.rows();
  std::vector<Place> places(rows);
  for (std::size_t row = 0; row < rows; ++row) {
    places[row] = {offer_ids[row], warehouse_ids[columns.warehouse[row]], static_cast<std::uint32_t>(row)};
  }
  if (!std::is_sorted(places.begin(), places.end())) std::sort(places.begin(), places.end());

  StockSnapshot snapshot;
  snapshot.offer.reserve(rows);
  snapshot.warehouse.reserve(rows);
  snapshot.on_hand.reserve(rows);
  if (!columns.reserved.empty()) snapshot.reserved.reserve(rows);
  if (!columns.to_client.empty()) snapshot.to_client.reserve(rows);
  if (!columns.from_client.empty()) snapshot.from_client.reserve(rows);

  for (std::size_t at = 0; at < rows;) {
    const Place& place = places[at];
    Quantities value = quantities(columns, place.row);
    const bool summed = columns.warehouses[columns.warehouse[place.row]].kind == WarehouseKind::undisclosed;
    std::size_t next = at + 1;
    for (; next < rows && places[next].offer == place.offer && places[next].warehouse == place.warehouse; ++next) {
      const Quantities again = quantities(columns, places[next].row);
      if (summed) {
        if (!add(value.on_hand, again.on_hand) || !add(value.reserved, again.reserved) ||
            !add(value.to_client, again.to_client) || !add(value.from_client, again.from_client)) {
          return Error(Errc::vendor_contradiction, "quantities of undisclosed warehouses overflow");
        }
      } else if (again != value) {
        return contradiction(columns, places[next].row);
      }
    }
    snapshot.offer.push_back(place.offer);
    snapshot.warehouse.push_back(place.warehouse);
    snapshot.on_hand.push_back(value.on_hand);
    if (!columns.reserved.empty()) snapshot.reserved.push_back(value.reserved);
    if (!columns.to_client.empty()) snapshot.to_client.push_back(value.to_client);
    if (!columns.from_client.empty()) snapshot.from_client.push_back(value.from_client);
    at = next;
  }
  return snapshot;
}

std::string digest_of(const StockCells& columns, std::span<const std::string> asked) {
  std::vector<std::uint64_t> warehouses;
  warehouses.reserve(columns.warehouses.size());
  std::string text;
  for (const Warehouse& warehouse : columns.warehouses) {
    text.assign(1, static_cast<char>(warehouse.kind));
    for (const std::string* part : {&warehouse.key, &warehouse.name, &warehouse.region}) {
      text.append(std::to_string(part->size())).append(1, ':').append(*part);
    }
    warehouses.push_back(hash64(text));
  }

  // Which quantities the answer reports is part of its content.
  const std::array<bool, 4> present_columns{!columns.reserved.empty(), !columns.to_client.empty(),
                                            !columns.from_client.empty(), columns.listing.size() != 0};
  Digest128 sum = digest128(present_columns.data(), sizeof present_columns);
  const bool numeric = columns.offer.numeric();
  const bool listed = present_columns[3];
  for (std::size_t row = 0; row < columns.rows(); ++row) {
    const std::array<std::int64_t, 7> words{
        numeric ? columns.offer.number(row) : static_cast<std::int64_t>(hash64(columns.offer.text(row))),
        !listed                     ? 0
        : columns.listing.numeric() ? columns.listing.number(row)
                                    : static_cast<std::int64_t>(hash64(columns.listing.text(row))),
        static_cast<std::int64_t>(warehouses[columns.warehouse[row]]),
        columns.on_hand[row],
        cell(columns.reserved, row),
        cell(columns.to_client, row),
        cell(columns.from_client, row)};
    sum += digest128(words.data(), sizeof words);
  }
  for (std::size_t at = 0; at < columns.unplaced.size(); ++at) {
    const std::string listing = "unplaced " + columns.unplaced.to_text(at);
    sum += digest128(listing.data(), listing.size());
  }
  // The absence of an offer has a meaning only if the offer was requested.
  for (const std::string& key : asked) sum += digest128(key.data(), key.size());
  return sum.text();
}

}  // namespace stocktracker::inline v0::inventory
