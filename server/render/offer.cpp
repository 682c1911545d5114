// Offers of the catalogue, one per row.
#include "server/render/offer.hpp"

#include <stocktracker/core/json_writer.hpp>

#include "server/render/csv.hpp"

namespace server {

namespace st = stocktracker;

namespace {

std::string barcodes_of(const st::CatalogueOffer& one) {
  std::string text;
  for (const std::string& code : one.barcodes) text += (text.empty() ? "" : " ") + code;
  return text;
}

}  // namespace

std::string to_json(const st::CatalogueOffer& one) {
  std::string out;
  st::JsonWriter json(out);
  const std::string account = one.account.text();
  json.begin_object().field("account", std::string_view(account));
  const auto text = [&](std::string_view name, const std::string& value) { json.field(name, std::string_view(value)); };
  text("offer", one.offer.key);
  text("listing", one.offer.listing);
  text("article", one.offer.article);
  text("title", one.offer.title);
  text("brand", one.offer.brand);
  text("size", one.offer.size);
  json.field("state", to_string(one.offer.state)).key("barcodes").begin_array();
  for (const std::string& code : one.barcodes) json.string(code);
  json.end_array().end_object();
  return out;
}

std::string offer_csv_head() { return "account,offer,listing,article,title,brand,size,state,barcodes\r\n"; }

std::string offer_csv_line(const st::CatalogueOffer& one) {
  CsvLine line;
  line.text(one.account.text()).text(one.offer.key).text(one.offer.listing).text(one.offer.article);
  line.text(one.offer.title).text(one.offer.brand).text(one.offer.size).text(to_string(one.offer.state));
  line.text(barcodes_of(one));
  return line.end();
}

TextTable offer_table() {
  using Align = TextTable::Align;
  return TextTable({{"article", Align::left, 24},
                    {"size", Align::left, 6},
                    {"offer", Align::left, 24},
                    {"listing", Align::left, 16},
                    {"title", Align::left, 40},
                    {"brand", Align::left, 16},
                    {"state", Align::left},
                    {"barcodes", Align::left, 40}});
}

std::vector<std::string> offer_row(const st::CatalogueOffer& one) {
  return {one.offer.article,          one.offer.size,  one.offer.key,
          one.offer.listing,          one.offer.title, one.offer.brand,
          to_string(one.offer.state), barcodes_of(one)};
}

}  // namespace server
