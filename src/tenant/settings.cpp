// Reads, checks and changes settings.
#include <stocktracker/tenant/settings.hpp>

#include <algorithm>
#include <charconv>

#include <stocktracker/core/problems.hpp>
#include <stocktracker/ports/ports.hpp>

#include "ports/audited.hpp"
#include "tenant/locale_names.hpp"
#include "tenant/settings_reader.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr Statement kAll{"setting.all", "SELECT name, value FROM setting ORDER BY name"};

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text.append(text.empty() ? "" : " ").append(word);
  return text;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

Result<void> take(TenantSettings& settings, std::string_view name, std::string_view value) {
  if (name == "locale") {
    settings.locale = value;
  } else if (name == "zone") {
    settings.zone = value;
  } else if (name == "brand") {
    settings.brand = value;
  } else if (name == "features") {
    settings.features = split(value);
  } else if (name == "low_stock") {
    const auto read = std::from_chars(value.data(), value.data() + value.size(), settings.low_stock);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size()) {
      return Error(Errc::store_corrupt, "the stored setting low_stock is not a number").about("low_stock");
    }
  }
  return success();  // other names belong to a newer version
}

}  // namespace

Result<void> TenantSettings::validate() const {
  Problems problems;
  problems.require(is_language_tag(locale), "locale", kLanguageTag);
  problems.require(is_zone_name(zone), "zone", kZoneName);
  const bool printable = std::all_of(brand.begin(), brand.end(),
                                     [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; });
  problems.require(brand.size() <= 120 && printable, "brand", "must have at most 120 bytes and no control characters");
  problems.require(low_stock >= 0 && low_stock <= kMostLowStock, "low_stock", "must be between 0 and 1000000000");
  for (std::size_t i = 0; i < features.size(); ++i) {
    const bool named = !features[i].empty() && features[i].size() <= 60 && all_of(features[i], "_.-");
    problems.require(named, "features", "must be names of letters, digits, '_', '.' and '-'");
    problems.require(i == 0 || features[i - 1] < features[i], "features", "must be sorted, each once");
  }
  return problems.result("TenantSettings");
}

Result<TenantSettings> read_settings(const Ports& ports, const CallContext& context) {
  TenantSettings settings;
  STK_TRY(auto database, ports.storage->tenant(context.tenant));
  const auto read = [&](Transaction& tx) -> Result<void> {
    settings = {};
    STK_TRY(auto rows, tx.query(kAll));
    while (true) {
      STK_TRY(const bool more, rows->next());
      if (!more) return success();
      STK_TRY(take(settings, rows->text(0), rows->text(1)));
    }
  };
  STK_TRY(database->transact(context, TransactMode::read, read));
  if (auto good = settings.validate(); !good) {
    return Error(Errc::store_corrupt, "the stored settings cannot be used").because(std::move(good).error());
  }
  return settings;
}

Result<TenantSettings> Settings::get(const CallContext& given) const {
  STK_TRY(const auto context, enter(*ports_, given, Permission::settings_read));
  return read_settings(*ports_, context);
}

Result<void> Settings::change(TenantSettings settings, const CallContext& given) {
  STK_TRY(const auto context, enter(*ports_, given, Permission::settings_change));
  STK_TRY(settings.validate());
  const std::string features = joined(settings.features);
  const std::string low_stock = std::to_string(settings.low_stock);
  STK_TRY(auto database, ports_->storage->tenant(context.tenant));
  const std::string_view names[] = {"brand", "features", "locale", "low_stock", "zone"};
  const std::string_view values[] = {settings.brand, features, settings.locale, low_stock, settings.zone};
  const auto write = [&](Transaction& tx) -> Result<void> {
    const SqlColumn columns[] = {SqlColumn::texts("name", names), SqlColumn::texts("value", values)};
    STK_TRY(tx.bulk_upsert("setting", OnConflict::update, columns));
    return success();
  };
  return audited(*ports_, {"settings.change", context.tenant, "settings"}, context,
                 database->transact(context, TransactMode::write, write));
}

}  // namespace stocktracker::inline v0
