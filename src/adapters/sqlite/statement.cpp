// Prepared statements with parameters $1, $2, ...: checked when prepared, bound by number.
#include "adapters/sqlite/statement.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace stocktracker::inline v0::sqlite {

void StatementLease::release() noexcept {
  if (prepared_ == nullptr) return;
  sqlite3_reset(prepared_->handle.get());
  sqlite3_clear_bindings(prepared_->handle.get());
  prepared_->busy = false;
  prepared_ = nullptr;
}

int bind_value(sqlite3_stmt* statement, int parameter, const SqlValue& value, StatementLease::Texts texts) noexcept {
  // A null pointer would bind NULL, but an empty text is a text.
  const char* bytes = value.text().data() == nullptr ? "" : value.text().data();
  const auto owner = texts == StatementLease::Texts::copied ? SQLITE_TRANSIENT : SQLITE_STATIC;  // NOLINT
  switch (value.type()) {
    case SqlValue::Type::null:
      return sqlite3_bind_null(statement, parameter);
    case SqlValue::Type::integer:
      return sqlite3_bind_int64(statement, parameter, value.integer());
    case SqlValue::Type::text:
      return sqlite3_bind_text64(statement, parameter, bytes, value.text().size(), owner, SQLITE_UTF8);
    case SqlValue::Type::blob:
      return sqlite3_bind_blob64(statement, parameter, bytes, value.text().size(), owner);
  }
  return SQLITE_MISUSE;
}

Result<void> StatementLease::bind(std::span<const SqlValue> values, std::string_view name, Texts texts) {
  if (static_cast<std::size_t>(prepared_->values) != values.size()) {
    return Error(Errc::store_sql, std::string(name) + ": " + std::to_string(prepared_->values) + " parameters, " +
                                      std::to_string(values.size()) + " values")
        .during(name);
  }
  for (std::size_t i = 0; i < prepared_->value_of.size(); ++i) {
    const SqlValue& value = values[static_cast<std::size_t>(prepared_->value_of[i])];
    if (bind_value(get(), static_cast<int>(i) + 1, value, texts) != SQLITE_OK) {
      return Error(Errc::store_sql, std::string(name) + ": a value cannot be bound").during(name);
    }
  }
  return success();
}

Result<void> map_parameters(Prepared& prepared, std::string_view name) {
  const int count = sqlite3_bind_parameter_count(prepared.handle.get());
  std::vector<bool> named(static_cast<std::size_t>(count), false);
  for (int i = 1; i <= count; ++i) {
    const char* text = sqlite3_bind_parameter_name(prepared.handle.get(), i);
    const std::string_view parameter = text == nullptr ? std::string_view() : text;
    int number = 0;
    if (!parameter.starts_with('$') ||
        std::from_chars(parameter.data() + 1, parameter.data() + parameter.size(), number).ptr !=
            parameter.data() + parameter.size() ||
        number < 1 || number > count) {
      return Error(Errc::store_sql, std::string(name) + ": parameters are $1, $2, ... without gaps");
    }
    prepared.value_of.push_back(number - 1);
    named[static_cast<std::size_t>(number - 1)] = true;
  }
  prepared.values = count;
  if (std::find(named.begin(), named.end(), false) != named.end()) {
    return Error(Errc::store_sql, std::string(name) + ": parameters are $1, $2, ... without gaps");
  }
  return success();
}

}  // namespace stocktracker::inline v0::sqlite
