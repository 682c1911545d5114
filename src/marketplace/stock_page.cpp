// StockPage: checks of rows, one by one or column by column.
#include <stocktracker/marketplace/stock_page.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include "core/storable_text.hpp"
#include "marketplace/stock_cells.hpp"
#include "marketplace/vendor_answers.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::string_view kNotAdded = "has a number that the page's warehouses do not have";
constexpr std::string_view kTooLong = "is longer than any store takes";
constexpr std::string_view kNotText = "is not UTF-8, or holds a zero byte";
constexpr std::string_view kOtherLength = "has another number of rows than on_hand";
constexpr std::string_view kOtherForm = "is a number in some rows and a text in others";
constexpr std::string_view kOnlySome = "is given in some rows and missing in others";

// Empty: the key can be stored.
std::string_view key_problem(KeyView key) noexcept {
  if (key.numeric()) return key.number() < 0 ? "is negative" : "";
  if (key.text().empty()) return "is empty";
  if (key.text().size() > kLongestKey) return kTooLong;
  return is_storable_key(key.text()) ? "" : kNotText;
}

std::string_view amount_problem(std::int64_t units) noexcept {
  if (units < 0) return "is negative";
  return units > kMostUnits ? "is more than 10^12" : "";
}

void push_key(KeyColumn& column, KeyView key) { key.numeric() ? column.push(key.number()) : column.push(key.text()); }

KeyView key_of(const KeyColumn& column, std::size_t row) {
  if (column.size() == 0) return {};
  return column.numeric() ? KeyView(column.number(row)) : KeyView(column.text(row));
}

std::optional<std::int64_t> amount_of(const std::vector<std::int64_t>& column, std::size_t row) {
  return column.empty() ? std::nullopt : std::optional(column[row]);
}

// The common case in one pass: numbers that are not negative, or texts of ASCII, none empty.
bool all_plain(const KeyColumn& column) noexcept {
  if (column.numeric()) {
    std::int64_t signs = 0;
    for (const std::int64_t number : column.numbers()) signs |= number;
    return signs >= 0;
  }
  return column.no_text_is_empty_or_longer(kLongestKey) && is_plain_ascii(column.all_text());
}

// The common case in one pass: a negative number is a very large one.
bool all_amounts_fit(const StockCells& cells) noexcept {
  std::uint64_t most = 0;
  for (const auto* column : {&cells.on_hand, &cells.reserved, &cells.to_client, &cells.from_client}) {
    for (const std::int64_t units : *column) most = std::max(most, static_cast<std::uint64_t>(units));
  }
  return most <= static_cast<std::uint64_t>(kMostUnits);
}

struct Amounts {
  std::string_view field;
  const std::vector<std::int64_t>* column;
};

std::array<Amounts, 4> amounts_of(const StockCells& cells) {
  return {{{"on_hand", &cells.on_hand},
           {"reserved", &cells.reserved},
           {"to_client", &cells.to_client},
           {"from_client", &cells.from_client}}};
}

}  // namespace

StockPage::StockPage() noexcept = default;
StockPage::StockPage(StockPage&& other) noexcept
    : cells_(std::move(other.cells_)),
      pushed_(std::exchange(other.pushed_, 0)),
      fault_(std::exchange(other.fault_, {})),
      fault_field_(other.fault_field_) {}

StockPage& StockPage::operator=(StockPage&& other) noexcept {
  if (this == &other) return *this;
  cells_ = std::move(other.cells_);
  pushed_ = std::exchange(other.pushed_, 0);
  fault_ = std::exchange(other.fault_, {});
  fault_field_ = other.fault_field_;
  return *this;
}

// An empty page, and one that was moved from, has none until it is filled.
StockCells& StockPage::cells() {
  if (!cells_) cells_ = std::make_unique<StockCells>();
  return *cells_;
}

const StockCells& StockPage::cells() const noexcept {
  static const StockCells empty;
  return cells_ ? *cells_ : empty;
}

StockPage::~StockPage() = default;

StockPage::StockPage(StockCells&& filled) : cells_(std::make_unique<StockCells>(std::move(filled))) {
  pushed_ = cells().rows();
  check_lengths();
  for (std::size_t at = 0; at < cells().warehouses.size(); ++at) check_warehouse(at, cells().warehouses[at]);
  if (fault_.empty()) check_columns();
}

void StockPage::check_lengths() {
  const auto wrong_length = [&](std::size_t size) { return size != 0 && size != pushed_; };
  for (const auto& [field, column] : amounts_of(cells())) {
    if (wrong_length(column->size())) return refuse(0, {}, field, kOtherLength);
  }
  if (cells().offer.size() != pushed_) return refuse(0, {}, "offer", kOtherLength);
  if (wrong_length(cells().listing.size())) return refuse(0, {}, "listing", kOtherLength);
  if (cells().warehouse.size() != pushed_) return refuse(0, {}, "warehouse", kOtherLength);
}

void StockPage::check_columns() {
  const StockCells& cells = this->cells();
  const auto key = [&](std::size_t row) { return key_of(cells.offer, row); };
  std::uint32_t highest = 0;
  for (const std::uint32_t number : cells.warehouse) highest = std::max(highest, number);
  if (pushed_ != 0 && highest >= cells.warehouses.size()) {
    const auto at = std::find_if(cells.warehouse.begin(), cells.warehouse.end(),
                                 [&](std::uint32_t number) { return number >= cells.warehouses.size(); });
    const auto row = static_cast<std::size_t>(at - cells.warehouse.begin());
    return refuse(row, key(row), "warehouse", kNotAdded);
  }
  for (const auto& [field, column] : {std::pair("offer", &cells.offer), std::pair("listing", &cells.listing)}) {
    if (all_plain(*column)) continue;
    for (std::size_t row = 0; row < column->size(); ++row) {
      const auto problem = key_problem(key_of(*column, row));
      if (!problem.empty()) return refuse(row, key(row), field, problem);
    }
  }
  if (!all_amounts_fit(cells)) {
    for (std::size_t row = 0; row < pushed_; ++row) {
      for (const auto& [field, column] : amounts_of(cells)) {
        const std::string_view problem = column->empty() ? "" : amount_problem((*column)[row]);
        if (!problem.empty()) return refuse(row, key(row), field, problem);
      }
    }
  }
  for (std::size_t at = 0; at < cells.unplaced.size(); ++at) {
    const auto problem = key_problem(key_of(cells.unplaced, at));
    if (!problem.empty()) return refuse("unplaced listing", at, {}, "key", problem);
  }
}

void StockPage::check_warehouse(std::size_t number, Warehouse& warehouse) {
  // The rows of a warehouse that the channel does not name belong together without a key.
  if (warehouse.key.empty() && warehouse.kind != WarehouseKind::undisclosed) {
    return refuse("warehouse", number, {}, "key", "is empty");
  }
  if (static_cast<unsigned>(warehouse.kind) > static_cast<unsigned>(WarehouseKind::undisclosed)) {
    return refuse("warehouse", number, {}, "kind", "is none of WarehouseKind");
  }
  if (warehouse.key.size() > kLongestKey) return refuse("warehouse", number, {}, "key", kTooLong);
  if (!is_storable_key(warehouse.key)) return refuse("warehouse", number, {}, "key", kNotText);
  for (std::string* text : {&warehouse.name, &warehouse.region}) {
    if (!is_storable_text(*text)) *text = storable_text(*text);
  }
}

std::uint32_t StockPage::add_warehouse(const Warehouse& warehouse) {
  const auto same = std::find_if(cells().warehouses.begin(), cells().warehouses.end(), [&](const Warehouse& known) {
    return known.kind == warehouse.kind && known.key == warehouse.key;
  });
  const auto number = static_cast<std::uint32_t>(same - cells().warehouses.begin());
  if (same != cells().warehouses.end()) return number;
  check_warehouse(number, cells().warehouses.emplace_back(warehouse));
  return number;
}

void StockPage::push(const StockRow& row) {
  const std::size_t at = pushed_++;
  StockCells& cells = this->cells();
  const bool first = cells.rows() == 0;
  if (row.warehouse >= cells.warehouses.size()) return refuse(at, row.offer, "warehouse", kNotAdded);
  if (const auto problem = key_problem(row.offer); !problem.empty()) return refuse(at, row.offer, "offer", problem);
  if (!first && row.offer.numeric() != cells.offer.numeric()) return refuse(at, row.offer, "offer", kOtherForm);
  if (!row.listing.empty()) {
    const auto problem = key_problem(row.listing);
    if (!problem.empty()) return refuse(at, row.offer, "listing", problem);
    if (!first && cells.listing.size() != 0 && row.listing.numeric() != cells.listing.numeric()) {
      return refuse(at, row.offer, "listing", kOtherForm);
    }
  }
  if (!first && row.listing.empty() != (cells.listing.size() == 0)) return refuse(at, row.offer, "listing", kOnlySome);

  struct Amount {
    std::string_view field;
    std::optional<std::int64_t> units;
    std::vector<std::int64_t>* column;
  };
  const std::array<Amount, 4> amounts{{{"on_hand", row.on_hand, &cells.on_hand},
                                       {"reserved", row.reserved, &cells.reserved},
                                       {"to_client", row.to_client, &cells.to_client},
                                       {"from_client", row.from_client, &cells.from_client}}};
  for (const auto& [field, units, column] : amounts) {
    if (!first && units.has_value() == column->empty()) return refuse(at, row.offer, field, kOnlySome);
    const std::string_view problem = units ? amount_problem(*units) : "";
    if (!problem.empty()) return refuse(at, row.offer, field, problem);
  }
  push_key(cells.offer, row.offer);
  if (!row.listing.empty()) push_key(cells.listing, row.listing);
  cells.warehouse.push_back(row.warehouse);
  for (const auto& [field, units, column] : amounts) {
    if (units) column->push_back(*units);
  }
}

void StockPage::push_unplaced(KeyView listing) {
  const std::size_t at = cells().unplaced.size();
  if (const auto problem = key_problem(listing); !problem.empty())
    return refuse("unplaced listing", at, {}, "key", problem);
  if (at != 0 && listing.numeric() != cells().unplaced.numeric())
    return refuse("unplaced listing", at, {}, "key", kOtherForm);
  push_key(cells().unplaced, listing);
}

std::size_t StockPage::rows() const noexcept { return cells().rows(); }

StockRow StockPage::row(std::size_t row) const {
  const StockCells& cells = this->cells();
  return {.offer = key_of(cells.offer, row),
          .warehouse = cells.warehouse[row],
          .on_hand = cells.on_hand[row],
          .reserved = amount_of(cells.reserved, row),
          .to_client = amount_of(cells.to_client, row),
          .from_client = amount_of(cells.from_client, row),
          .listing = key_of(cells.listing, row)};
}

std::size_t StockPage::unplaced() const noexcept { return cells().unplaced.size(); }
KeyView StockPage::unplaced(std::size_t number) const { return key_of(cells().unplaced, number); }
std::size_t StockPage::warehouses() const noexcept { return cells().warehouses.size(); }
const Warehouse& StockPage::warehouse(std::size_t number) const noexcept { return cells().warehouses[number]; }

Result<void> StockPage::check() const {
  if (fault_.empty()) return success();
  return Error(Errc::vendor_schema, fault_).about(std::string(fault_field_));
}

void StockPage::refuse(std::size_t row, KeyView offer, std::string_view field, std::string_view reason) {
  refuse("row", row, offer, field, reason);
}

void StockPage::refuse(std::string_view what, std::size_t number, KeyView offer, std::string_view field,
                       std::string_view reason) {
  if (!fault_.empty()) return;
  fault_ = what;
  fault_.append(" ").append(std::to_string(number));
  if (!offer.empty()) fault_.append(" (offer ").append(shown(offer.to_text())).append(")");
  fault_.append(": ").append(field).append(" ").append(reason);
  fault_field_ = field;
}

}  // namespace stocktracker::inline v0
