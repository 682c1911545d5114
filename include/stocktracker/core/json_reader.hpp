/// @file
/// JsonDocument and JsonValue: read JSON of any origin, hostile requests included. JsonWriter writes JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <stocktracker/abi.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

enum class JsonType : unsigned char { null, boolean, number, string, array, object };
/// The name of the enumerator.
[[nodiscard]] STK_API const char* to_string(JsonType type) noexcept;

struct JsonOptions {
  std::size_t max_bytes = std::size_t{16} << 20;  ///< a longer text is refused before it is read; at most 1 GiB
  int max_depth = 64;                             ///< arrays and objects inside each other
  Errc code = Errc::invalid_text;  ///< of all errors of the document and its values; connectors use vendor_schema
};

class JsonArray;
class JsonObject;
struct JsonTree;

/// A value of a document: cheap to copy, and valid as long as the document. An error names the member ("items[3].count
/// is not an integer", also in ErrorDetails::field) and allocates: ask type() first where several types are allowed.
/// Reading is thread-safe.
class STK_API JsonValue {
 public:
  [[nodiscard]] JsonType type() const noexcept;
  [[nodiscard]] bool is_null() const noexcept { return type() == JsonType::null; }

  /// Escapes are resolved; always valid UTF-8, which may contain U+0000. Valid as long as the document.
  [[nodiscard]] Result<std::string_view> string() const;
  /// An error if the number has a fraction or an exponent, or does not fit into 64 bits.
  [[nodiscard]] Result<std::int64_t> integer() const;
  /// A number exactly as it is written ("12.50", "1e3"), for money. Valid as long as the document.
  [[nodiscard]] Result<std::string_view> decimal() const;
  /// The nearest double; an error if the number is too large or too small for one.
  [[nodiscard]] Result<double> number() const;
  [[nodiscard]] Result<bool> boolean() const;
  [[nodiscard]] Result<JsonArray> array() const;
  [[nodiscard]] Result<JsonObject> object() const;

  /// The member of an object; an error if it is missing. Names are compared one after another.
  [[nodiscard]] Result<JsonValue> member(std::string_view name) const;
  /// The member of an object; nullopt if it is missing or null.
  [[nodiscard]] Result<std::optional<JsonValue>> find(std::string_view name) const;
  /// An error if the object has a member of another name, so that a misspelt name is not ignored.
  [[nodiscard]] Result<void> allow_only(std::initializer_list<std::string_view> names) const;

  /// `member(name)`, and then the value.
  [[nodiscard]] Result<std::string_view> string(std::string_view name) const;
  [[nodiscard]] Result<std::int64_t> integer(std::string_view name) const;
  [[nodiscard]] Result<std::string_view> decimal(std::string_view name) const;
  [[nodiscard]] Result<bool> boolean(std::string_view name) const;
  [[nodiscard]] Result<JsonArray> array(std::string_view name) const;

  /// "items[3].count"; "the document" for its root. Names are shortened and contain no control characters.
  [[nodiscard]] std::string path() const;
  /// An error about this value: `error("is below 0")` has the message "items[3].count is below 0".
  [[nodiscard]] Error error(std::string_view what) const;

 private:
  friend class JsonDocument;
  friend class JsonArray;
  friend class JsonObject;
  JsonValue(const JsonTree* tree, std::uint32_t node) noexcept : tree_(tree), node_(node) {}
  const JsonTree* tree_;
  std::uint32_t node_;
};

/// The elements of an array, for range-based for. Bind it first: `for (auto v : x.array().value())` reads a destroyed
/// temporary.
class STK_API JsonArray {
 public:
  class STK_API Iterator {
   public:
    [[nodiscard]] JsonValue operator*() const noexcept { return {tree_, node_}; }
    Iterator& operator++() noexcept;
    [[nodiscard]] bool operator==(const Iterator& other) const noexcept { return node_ == other.node_; }

   private:
    friend class JsonArray;
    Iterator(const JsonTree* tree, std::uint32_t node) noexcept : tree_(tree), node_(node) {}
    const JsonTree* tree_;
    std::uint32_t node_;
  };
  [[nodiscard]] Iterator begin() const noexcept { return {tree_, node_ + 1}; }
  [[nodiscard]] Iterator end() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;

 private:
  friend class JsonValue;
  JsonArray(const JsonTree* tree, std::uint32_t node) noexcept : tree_(tree), node_(node) {}
  const JsonTree* tree_;
  std::uint32_t node_;
};

struct JsonMember {
  std::string_view name;  ///< valid as long as the document
  JsonValue value;
};

/// The members of an object in their order, for range-based for. Bind it first, as a JsonArray.
class STK_API JsonObject {
 public:
  class STK_API Iterator {
   public:
    [[nodiscard]] JsonMember operator*() const noexcept;
    Iterator& operator++() noexcept;
    [[nodiscard]] bool operator==(const Iterator& other) const noexcept { return node_ == other.node_; }

   private:
    friend class JsonObject;
    Iterator(const JsonTree* tree, std::uint32_t node) noexcept : tree_(tree), node_(node) {}
    const JsonTree* tree_;
    std::uint32_t node_;
  };
  [[nodiscard]] Iterator begin() const noexcept { return {tree_, node_ + 1}; }
  [[nodiscard]] Iterator end() const noexcept;
  [[nodiscard]] std::size_t size() const noexcept;

 private:
  friend class JsonValue;
  JsonObject(const JsonTree* tree, std::uint32_t node) noexcept : tree_(tree), node_(node) {}
  const JsonTree* tree_;
  std::uint32_t node_;
};

/// A JSON text (RFC 8259), checked completely before anything is read from it. Refused: two members of one name in an
/// object, invalid UTF-8, halves of surrogate pairs, anything behind the value, and what exceeds the options. A byte
/// order mark at the beginning is ignored. Move-only; values stay valid when the document moves.
/// @code
/// STK_TRY(const auto document, st::JsonDocument::parse(R"({"items":[{"sku":"A","count":3}]})"));
/// STK_TRY(const auto items, document.root().array("items"));
/// for (const st::JsonValue item : items) {
///   STK_TRY(const auto sku, item.string("sku"));
///   STK_TRY(const auto count, item.integer("count"));
///   std::printf("%.*s %lld\n", static_cast<int>(sku.size()), sku.data(), static_cast<long long>(count));
/// }
/// @endcode
class STK_API JsonDocument {
 public:
  /// Keeps the text; moving it in avoids a copy if it has capacity for kBodyPadding more bytes. Needs besides it at
  /// most 8 bytes of memory for each byte of the text, usually one or two; while it parses, 4 more.
  [[nodiscard]] static Result<JsonDocument> parse(std::string text, const JsonOptions& options = {});
  JsonDocument(JsonDocument&&) noexcept;
  JsonDocument& operator=(JsonDocument&&) noexcept;
  ~JsonDocument();

  [[nodiscard]] JsonValue root() const& noexcept { return {tree_.get(), 0}; }
  JsonValue root() const&& = delete;  // it would outlive its document

 private:
  explicit JsonDocument(std::unique_ptr<const JsonTree> tree) noexcept;
  std::unique_ptr<const JsonTree> tree_;
};

}  // namespace stocktracker::inline v0
