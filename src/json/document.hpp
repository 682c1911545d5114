/// Document: a small JSON text, parsed and validated at once, read by name.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::json {

/// A value of a document; cheap to copy, valid while its document lives. Reading a value that is absent or of another
/// type gives nothing, so that readers decide what is required.
class Value {
 public:
  Value() noexcept = default;

  [[nodiscard]] bool exists() const noexcept { return exists_; }
  [[nodiscard]] bool is_null() const noexcept;
  [[nodiscard]] bool is_array() const noexcept;
  [[nodiscard]] bool is_object() const noexcept;
  /// A member of an object; if there is none, a value that does not exist.
  [[nodiscard]] Value operator[](std::string_view name) const noexcept;
  [[nodiscard]] std::optional<std::int64_t> integer() const noexcept;
  [[nodiscard]] std::optional<bool> boolean() const noexcept;
  /// A number as decimal text: exactly as it was written up to 15 significant digits, which a double holds.
  [[nodiscard]] std::optional<std::string> decimal() const;
  /// Valid while the document lives.
  [[nodiscard]] std::optional<std::string_view> text() const noexcept;
  /// Calls `item` for each element until it fails; false when this is not an array.
  [[nodiscard]] Result<bool> each(FunctionRef<Result<void>(Value)> item) const;
  /// Calls `member` for each member of an object until it fails; false when this is not an object.
  [[nodiscard]] Result<bool> each_member(FunctionRef<Result<void>(std::string_view, Value)> member) const;

 private:
  friend class Document;
  struct Access;
  // An element of simdjson: two words that point into the document.
  std::array<std::uint64_t, 2> element_{};
  bool exists_ = false;
};

/// Move-only. Its texts live in it.
class Document {
 public:
  /// Errc::vendor_schema when the text is not one JSON value.
  [[nodiscard]] static Result<Document> parse(std::string_view text);
  Document(Document&&) noexcept;
  Document& operator=(Document&&) noexcept;
  ~Document();

  [[nodiscard]] Value root() const noexcept;

 private:
  struct State;
  struct Spare;
  explicit Document(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace stocktracker::inline v0::json
