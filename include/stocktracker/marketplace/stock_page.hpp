/// @file
/// StockPage: one page of a stock answer, filled row by row and checked while it is filled.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>
#include <stocktracker/core/result.hpp>
#include <stocktracker/marketplace/warehouse.hpp>

namespace stocktracker::inline v0 {

struct StockCells;  // the columns inside; private to the library

/// The key of an offer or a listing: a text, or a number that is not negative. A view: the text must live during the
/// call that takes it.
class KeyView {
 public:
  constexpr KeyView() noexcept = default;
  constexpr KeyView(std::string_view text) noexcept : text_(text) {}  // NOLINT(google-explicit-constructor)
  KeyView(const std::string& text) noexcept : text_(text) {}          // NOLINT(google-explicit-constructor)
  constexpr KeyView(const char* text) noexcept
      : text_(text == nullptr ? "" : text) {}  // NOLINT(google-explicit-constructor)
  template <std::integral Number>
  requires(!std::same_as<Number, bool> && !std::same_as<Number, char>) constexpr KeyView(
      Number number) noexcept  // NOLINT(google-explicit-constructor)
      : number_(static_cast<std::int64_t>(number)), numeric_(true) {}

  [[nodiscard]] constexpr bool numeric() const noexcept { return numeric_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return !numeric_ && text_.empty(); }
  /// Only of a numeric key.
  [[nodiscard]] constexpr std::int64_t number() const noexcept { return number_; }
  /// Only of a key that is a text.
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }
  /// The text, or the number in decimal digits.
  [[nodiscard]] std::string to_text() const { return numeric_ ? std::to_string(number_) : std::string(text_); }

 private:
  std::string_view text_{};
  std::int64_t number_ = 0;
  bool numeric_ = false;
};

/// One position. Amounts are units, 0 to 10^12. An amount that the channel does not report stays empty: then it is
/// unknown, and empty in every row of the answer.
struct StockRow {
  KeyView offer{};              ///< Offer::key, in the form that Capabilities::numeric_offer_keys names
  std::uint32_t warehouse = 0;  ///< as StockPage::add_warehouse returned it
  std::int64_t on_hand = 0;
  std::optional<std::int64_t> reserved{};
  std::optional<std::int64_t> to_client{};    ///< in transit to customers
  std::optional<std::int64_t> from_client{};  ///< in transit from customers
  KeyView listing{};                          ///< empty in every row: the answer does not name listings
};

/// One page of an answer, for StockSink::rows:
///
/// @code
/// const auto deliver = [](st::StockSink& sink) -> st::Result<void> {
///   st::StockPage page;
///   const auto cellar = page.add_warehouse({"w1", "Cellar", "", st::WarehouseKind::seller});
///   page.push({.offer = "007", .warehouse = cellar, .on_hand = 12});
///   return sink.rows(std::move(page));
/// };
/// @endcode
///
/// A row that cannot be right (a key that is empty, not UTF-8 or longer than 1,024 bytes, a negative amount, a
/// warehouse that was not added) makes the page faulty: the sink refuses it with Errc::vendor_schema, which names the
/// row, and the source fails. Nothing of the answer is stored. Rows that the marketplace itself sent odd are left out
/// by the connector, which reports them with AnswerSink::odd_row. Not thread-safe.
class STK_API StockPage {
 public:
  StockPage() noexcept;
  /// For the library itself, whose columns are filled already; they are checked as rows are.
  explicit StockPage(StockCells&& cells);
  /// The other page is empty afterwards, and can be filled again.
  StockPage(StockPage&& other) noexcept;
  StockPage& operator=(StockPage&& other) noexcept;
  StockPage(const StockPage&) = delete;
  StockPage& operator=(const StockPage&) = delete;
  ~StockPage();

  /// Returns the number of the warehouse within this page, for StockRow::warehouse. A warehouse with the same kind and
  /// key has the same number; its first name and region count.
  std::uint32_t add_warehouse(const Warehouse& warehouse);
  void push(const StockRow& row);
  /// A listing with quantities that could not be assigned to an offer: its offers have no rows in the answer, and keep
  /// their stored values.
  void push_unplaced(KeyView listing);

  [[nodiscard]] std::size_t rows() const noexcept;
  /// `row` is less than rows(). Its keys are valid until the page changes.
  [[nodiscard]] StockRow row(std::size_t row) const;
  /// How many listings could not be placed, and each: `number` is less than unplaced().
  [[nodiscard]] std::size_t unplaced() const noexcept;
  [[nodiscard]] KeyView unplaced(std::size_t number) const;
  [[nodiscard]] std::size_t warehouses() const noexcept;
  /// `number` is less than warehouses().
  [[nodiscard]] const Warehouse& warehouse(std::size_t number) const noexcept;
  /// Errc::vendor_schema: the first row that cannot be right, and why.
  [[nodiscard]] Result<void> check() const;

  /// For the library itself: the columns, of a page that check() accepts.
  [[nodiscard]] StockCells& cells();
  [[nodiscard]] const StockCells& cells() const noexcept;

 private:
  void check_lengths();
  void check_columns();
  void check_warehouse(std::size_t number, Warehouse& warehouse);
  void refuse(std::size_t row, KeyView offer, std::string_view field, std::string_view reason);
  void refuse(std::string_view what, std::size_t number, KeyView offer, std::string_view field,
              std::string_view reason);

  std::unique_ptr<StockCells> cells_;  ///< null: empty
  std::size_t pushed_ = 0;             ///< with the refused ones
  std::string fault_;                  ///< the first; empty: none
  std::string_view fault_field_;       ///< static text
};

}  // namespace stocktracker::inline v0
