// Products side by side, and offers for review.
#include "server/render/product.hpp"

#include <algorithm>
#include <map>
#include <vector>

#include <stocktracker/core/json_writer.hpp>

#include "server/render/text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

std::string text_of(const st::OfferStock& stock) {
  if (stock.positions == 0) return "?";
  return std::to_string(stock.fbo.units()) + " + " + std::to_string(stock.fbs.units()) +
         (stock.unknown > 0 ? " + ?" : "");
}

std::map<st::AccountId, std::string> labels_of(const ProductView& view) {
  std::map<st::AccountId, std::string> labels;
  for (const st::Account& account : view.accounts) labels[account.id] = account.label;
  return labels;
}

}  // namespace

std::int64_t side_by_side_as_table(const ProductView& view, int most, Sink& sink) {
  const auto& accounts = view.accounts;
  const auto& listings = view.listings;
  std::vector<TextTable::Column> columns{{"article", TextTable::Align::left, 26}};
  for (const st::Account& account : accounts) columns.push_back({account.label, TextTable::Align::right, 22});
  columns.push_back({"by", TextTable::Align::left});
  columns.push_back({"seen", TextTable::Align::left});
  TextTable table(std::move(columns));
  std::int64_t left = 0;
  int shown = 0;
  // Products on the most marketplaces come first: the table is made for them.
  auto products = listings.matches.products;
  std::stable_sort(products.begin(), products.end(), [](const st::MatchedProduct& a, const st::MatchedProduct& b) {
    return a.offers.size() > b.offers.size();
  });
  for (const st::MatchedProduct& product : products) {
    if (shown == most) {
      ++left;
      continue;
    }
    ++shown;
    std::string article;
    std::map<st::AccountId, std::string> cells;
    st::Instant oldest = st::Instant::latest();
    for (const std::size_t n : product.offers) {
      const st::MatchOffer& offer = listings.offers[n];
      if (offer.article.size() > article.size()) article = offer.article;  // the article that names the size
      const auto found = view.stock.find({offer.account, offer.key});
      const st::OfferStock stock = found == view.stock.end() ? st::OfferStock() : found->second;
      cells[offer.account] = text_of(stock);
      if (stock.observed_at) oldest = std::min(oldest, *stock.observed_at);
    }
    std::vector<std::string> row{article};
    for (const st::Account& account : accounts) row.push_back(cells.count(account.id) == 0 ? "-" : cells[account.id]);
    row.emplace_back(to_string(product.by));
    row.push_back(oldest == st::Instant::latest() ? "never" : st::Age{view.asked_at - oldest}.text() + " ago");
    table.add(std::move(row));
  }
  table.print(sink);
  return left;
}

void review_as_table(const ProductView& view, int most, Sink& sink) {
  const auto& listings = view.listings;
  auto labels = labels_of(view);
  TextTable table({{"account", TextTable::Align::left, 20},
                   {"offer", TextTable::Align::left, 24},
                   {"article", TextTable::Align::left, 24},
                   {"why", TextTable::Align::left},
                   {"shares something with", TextTable::Align::left, 60}});
  std::size_t count = 0;
  for (const st::ReviewItem& item : listings.matches.review) {
    if (count++ == static_cast<std::size_t>(most)) break;
    const st::MatchOffer& offer = listings.offers[item.offer];
    std::string others;
    for (const std::size_t n : item.candidates) {
      others += (others.empty() ? "" : ", ") + labels[listings.offers[n].account] + " " + listings.offers[n].key;
    }
    if (item.candidates_total > item.candidates.size()) {
      others = std::to_string(item.candidates_total) + " offers, e.g. " + others;
    }
    table.add({labels[offer.account], offer.key, offer.article, to_string(item.reason), others});
  }
  table.print(sink);
}

std::string to_json(const ProductView& view) {
  const auto& listings = view.listings;
  auto labels = labels_of(view);
  std::string text;
  st::JsonWriter json(text);
  const auto write_offer = [&](std::size_t n) {
    const st::MatchOffer& offer = listings.offers[n];
    json.begin_object().field("account", std::string_view(labels[offer.account]));
    json.field("offer", std::string_view(offer.key)).field("article", std::string_view(offer.article)).end_object();
  };
  json.begin_object().key("products").begin_array();
  for (const st::MatchedProduct& product : listings.matches.products) {
    json.begin_object().field("matched_by", to_string(product.by)).key("offers").begin_array();
    for (const std::size_t n : product.offers) write_offer(n);
    json.end_array().end_object();
  }
  json.end_array().key("review").begin_array();
  for (const st::ReviewItem& item : listings.matches.review) {
    json.begin_object().field("reason", to_string(item.reason)).key("offer");
    write_offer(item.offer);
    json.key("candidates").begin_array();
    for (const std::size_t n : item.candidates) write_offer(n);
    json.end_array().field("candidates_total", static_cast<std::int64_t>(item.candidates_total)).end_object();
  }
  json.end_array().end_object();
  return text;
}

}  // namespace server
