/// @file
/// Parameters and columns for a database. These are views: they own no text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stocktracker::inline v0 {

/// One parameter. There is no floating point: quantities, money and time are integers. The text must outlive the call.
///
/// @code
/// const std::optional<std::int64_t> unknown;
/// const std::array<st::SqlValue, 3> values{"mug-blue", 12, unknown};  // the last one is NULL
/// @endcode
class SqlValue {
 public:
  enum class Type : unsigned char { null, integer, text, blob };

  constexpr SqlValue() noexcept = default;
  constexpr SqlValue(std::nullptr_t) noexcept {}                                              // NOLINT
  constexpr SqlValue(std::int64_t value) noexcept : type_(Type::integer), integer_(value) {}  // NOLINT
  constexpr SqlValue(int value) noexcept : type_(Type::integer), integer_(value) {}           // NOLINT
  constexpr SqlValue(bool value) noexcept = delete;  // write 0 or 1: both dialects agree on integers
  constexpr SqlValue(std::string_view text) noexcept : type_(Type::text), text_(text) {}  // NOLINT
  SqlValue(const std::string& text) noexcept : type_(Type::text), text_(text) {}          // NOLINT
  constexpr SqlValue(const char* text) noexcept : type_(Type::text), text_(text) {}       // NOLINT
  template <class T>
  constexpr SqlValue(const std::optional<T>& value) noexcept  // NOLINT
      : SqlValue(value ? SqlValue(*value) : SqlValue()) {}
  [[nodiscard]] static constexpr SqlValue blob(std::string_view bytes) noexcept {
    SqlValue value(bytes);
    value.type_ = Type::blob;
    return value;
  }

  [[nodiscard]] constexpr Type type() const noexcept { return type_; }
  [[nodiscard]] constexpr std::int64_t integer() const noexcept { return integer_; }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return text_; }

 private:
  Type type_ = Type::null;
  std::int64_t integer_ = 0;
  std::string_view text_{};
};

/// One column of a bulk write. Columns hold either one value per row or one constant for all rows.
///
/// @code
/// const std::vector<std::int64_t> ids{1, 2, 3};
/// const std::vector<std::string_view> names{"a", "b", "c"};
/// const std::array columns{st::SqlColumn::integers("id", ids), st::SqlColumn::texts("name", names),
///                          st::SqlColumn::constant("seen_at", 0)};  // three rows
/// @endcode
class SqlColumn {
 public:
  enum class Shape : unsigned char { constant, integers, texts };

  [[nodiscard]] static constexpr SqlColumn constant(std::string_view name, SqlValue value) noexcept {
    SqlColumn column(name, Shape::constant);
    column.constant_ = value;
    return column;
  }
  /// `nulls`, where given, has one byte per row: not 0 means NULL.
  [[nodiscard]] static constexpr SqlColumn integers(std::string_view name, std::span<const std::int64_t> values,
                                                    std::span<const std::uint8_t> nulls = {}) noexcept {
    SqlColumn column(name, Shape::integers);
    column.integers_ = values;
    column.nulls_ = nulls;
    return column;
  }
  [[nodiscard]] static constexpr SqlColumn texts(std::string_view name, std::span<const std::string_view> values,
                                                 std::span<const std::uint8_t> nulls = {}) noexcept {
    SqlColumn column(name, Shape::texts);
    column.texts_ = values;
    column.nulls_ = nulls;
    return column;
  }

  [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }
  [[nodiscard]] constexpr Shape shape() const noexcept { return shape_; }
  /// Number of rows; 0 for a constant, which fits any number of rows.
  [[nodiscard]] constexpr std::size_t rows() const noexcept {
    return shape_ == Shape::integers ? integers_.size() : shape_ == Shape::texts ? texts_.size() : 0;
  }
  [[nodiscard]] constexpr SqlValue at(std::size_t row) const noexcept {
    if (shape_ == Shape::constant) return constant_;
    if (!nulls_.empty() && nulls_[row] != 0) return {};
    return shape_ == Shape::integers ? SqlValue(integers_[row]) : SqlValue(texts_[row]);
  }
  [[nodiscard]] constexpr SqlValue constant_value() const noexcept { return constant_; }
  [[nodiscard]] constexpr std::span<const std::int64_t> integer_values() const noexcept { return integers_; }
  [[nodiscard]] constexpr std::span<const std::string_view> text_values() const noexcept { return texts_; }
  [[nodiscard]] constexpr std::span<const std::uint8_t> nulls() const noexcept { return nulls_; }

 private:
  constexpr SqlColumn(std::string_view name, Shape shape) noexcept : name_(name), shape_(shape) {}
  std::string_view name_;
  Shape shape_;
  SqlValue constant_{};
  std::span<const std::int64_t> integers_{};
  std::span<const std::string_view> texts_{};
  std::span<const std::uint8_t> nulls_{};
};

}  // namespace stocktracker::inline v0
