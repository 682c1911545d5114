// Writes products with their offers; a number that is not known is null or "?".
#include "server/render/product_page.hpp"

#include <map>
#include <optional>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/time_text.hpp>

#include "server/render/text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

std::map<st::AccountId, std::string> labels_of(const std::vector<st::Account>& accounts) {
  std::map<st::AccountId, std::string> labels;
  for (const st::Account& account : accounts) labels[account.id] = account.label;
  return labels;
}

// Without a known position there is no number.
bool is_known(const st::StockTotal& stock) { return stock.positions > stock.unknown; }

std::string text_of(const st::StockTotal& stock) {
  if (!is_known(stock)) return "?";
  return std::to_string(stock.fbo.units()) + " + " + std::to_string(stock.fbs.units()) +
         (stock.unknown > 0 ? " + ?" : "");
}

void write_offer(st::JsonWriter& json, const st::ProductOffer& one, const std::string& label) {
  const st::Offer& offer = one.listed.offer;
  json.begin_object().field("account", std::string_view(label)).field("offer", std::string_view(offer.key));
  json.field("article", std::string_view(offer.article)).field("title", std::string_view(offer.title));
  json.key("barcodes").begin_array();
  for (const std::string& code : one.listed.barcodes) json.string(code);
  const bool known = is_known(one.stock);
  const auto units = [&](const st::Quantity& sum) { return known ? std::optional(sum.units()) : std::nullopt; };
  json.end_array().field("fbo", units(one.stock.fbo)).field("fbs", units(one.stock.fbs));
  json.field("unknown", one.stock.unknown);
  if (one.stock.observed_at) {
    json.field("observed_at", std::string_view(st::to_rfc3339(*one.stock.observed_at)));
  } else {
    json.key("observed_at").null();
  }
  json.end_object();
}

}  // namespace

std::string products_as_json(const std::vector<st::Product>& products, const std::vector<st::Account>& accounts,
                             const std::string& next) {
  auto labels = labels_of(accounts);
  std::string text;
  st::JsonWriter json(text);
  json.begin_object().key("products").begin_array();
  for (const st::Product& product : products) {
    json.begin_object().field("match", to_string(product.match)).field("name", std::string_view(product.name));
    json.field("fbo", product.fbo.units()).field("unknown", product.unknown).key("offers").begin_array();
    for (const st::ProductOffer& one : product.offers) write_offer(json, one, labels[one.listed.account]);
    json.end_array().end_object();
  }
  json.end_array();
  if (next.empty()) {
    json.key("next").null();
  } else {
    json.field("next", std::string_view(next));
  }
  json.end_object();
  return text;
}

void products_as_table(const std::vector<st::Product>& products, const std::vector<st::Account>& accounts, Sink& sink) {
  auto labels = labels_of(accounts);
  TextTable table({{"by", TextTable::Align::left},
                   {"at marketplaces", TextTable::Align::right},
                   {"account", TextTable::Align::left, 20},
                   {"offer", TextTable::Align::left, 24},
                   {"article", TextTable::Align::left, 24},
                   {"title", TextTable::Align::left, 40},
                   {"fbo + fbs", TextTable::Align::right}});
  for (const st::Product& product : products) {
    bool first = true;
    for (const st::ProductOffer& one : product.offers) {
      const st::Offer& offer = one.listed.offer;
      const std::string sum = std::to_string(product.fbo.units()) + (product.unknown > 0 ? " + ?" : "");
      table.add({first ? to_string(product.match) : "", first ? sum : "", labels[one.listed.account], offer.key,
                 offer.article, offer.title, text_of(one.stock)});
      first = false;
    }
  }
  table.print(sink);
}

}  // namespace server
