// Numbers written as texts, and lists that are absent or something else.
#include "json/lenient.hpp"

#include <charconv>

namespace stocktracker::inline v0::json {

std::optional<std::int64_t> lenient_integer(const Value& value) noexcept {
  if (const auto number = value.integer()) return number;
  const auto text = value.text();
  if (!text || text->empty()) return std::nullopt;
  std::int64_t number = 0;
  const char* end = text->data() + text->size();
  const auto parsed = std::from_chars(text->data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return number;
}

std::optional<std::string> decimal(const Value& value) {
  if (const auto text = value.text()) return text->empty() ? std::nullopt : std::optional<std::string>(*text);
  return value.decimal();
}

std::optional<std::string> identity(const Value& value) {
  if (const auto text = value.text()) return std::string(*text);
  if (const auto number = value.integer()) return std::to_string(*number);
  return std::nullopt;
}

namespace {

/// True if the object contains a list of any name that is not empty.
bool holds_other_list(const Value& holder) {
  bool found = false;
  (void)holder.each_member([&](std::string_view, Value member) -> Result<void> {
    (void)member.each([&](Value) -> Result<void> {
      found = true;
      return Errc::not_found;  // ends the loop: one is enough
    });
    return success();
  });
  return found;
}

}  // namespace

Result<void> each_of_list(const Value& holder, std::string_view path, FunctionRef<Result<void>(Value)> item) {
  const std::size_t dot = path.rfind('.');
  const Value list = path.empty() ? holder : holder[dot == std::string_view::npos ? path : path.substr(dot + 1)];
  STK_TRY(const bool listed, list.each(item));
  if (listed || list.is_null()) return success();
  const bool nothing = !list.exists() && (!holder.exists() || holder.is_null() || holder.is_object());
  if (nothing && !holds_other_list(holder)) return success();
  return Error(Errc::vendor_schema, std::string(path.empty() ? "the document" : path) +
                                        (nothing ? " is missing beside another list" : " is not an array"))
      .about(path);
}

Result<void> check_no_list(std::string_view body, std::span<const std::string_view> path) {
  STK_TRY(const auto document, Document::parse(body));
  Value value = document.root();
  if (!path.empty() && !value.is_object()) return Error(Errc::vendor_schema, "the document is not an object");
  std::string place;
  for (const std::string_view name : path) {
    place.append(place.empty() ? "" : ".").append(name);
    const Value member = value[name];
    if (member.is_null()) return success();
    if (!member.exists()) {
      if (value.is_object() && !holds_other_list(value)) return success();
      const char* const why = value.is_object() ? " is missing beside another list" : " is not an array";
      return Error(Errc::vendor_schema, place + why).about(place);
    }
    value = member;
  }
  if (place.empty()) place = "the document";
  return Error(Errc::vendor_schema, place + " is not an array").about(place);
}

}  // namespace stocktracker::inline v0::json
