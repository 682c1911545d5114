// An unknown amount is null in JSON, and a question mark in tables.
#include "server/render/money.hpp"

namespace server {

namespace st = stocktracker;

void write_money(st::JsonWriter& json, std::string_view name, const std::optional<st::Money>& value) {
  if (!value) {
    json.key(name).null();
    return;
  }
  const st::Currency currency = value->currency();
  json.key(name).begin_object().field("minor", value->minor()).field("currency", currency.code()).end_object();
}

std::string money_text(const std::optional<st::Money>& value) { return value ? value->text() : "?"; }

}  // namespace server
