// One product across marketplaces: what is known of it side by side, and what a person has to decide.
#include <algorithm>
#include <cstdio>
#include <map>

#include <stocktracker/core/json_writer.hpp>

#include "commands.hpp"
#include "terminal.hpp"
#include "text_table.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// An offer's stock over its warehouses.
struct Sum {
  std::int64_t fbo = 0;
  std::int64_t fbs = 0;
  bool told = false;
  bool unknown = false;
  st::Instant oldest = st::Instant::latest();
  st::Instant asked;
};
using Sums = std::map<std::pair<st::AccountId, std::string>, Sum>;

st::Result<Sums> sums_of(const st::Engine& engine, const std::vector<st::Account>& accounts,
                         const st::CallContext& context) {
  Sums sums;
  for (const st::Account& account : accounts) {
    auto positions = engine.stock().positions({.account = account.id}, context);
    while (auto position = positions.next()) {
      STK_TRY(const st::StockPosition& p, *position);
      Sum& sum = sums[{account.id, p.offer.key}];
      sum.told = true;
      sum.unknown = sum.unknown || !p.on_hand;
      if (p.on_hand) {
        std::int64_t& units = p.kind == st::StockKind::fbo ? sum.fbo : sum.fbs;
        if (__builtin_add_overflow(units, p.on_hand->units(), &units)) units = INT64_MAX;
      }
      sum.oldest = std::min(sum.oldest, p.observed_at);
      sum.asked = p.asked_at;
    }
  }
  return sums;
}

std::string text_of(const Sum& sum) {
  if (!sum.told) return "?";
  return std::to_string(sum.fbo) + " + " + std::to_string(sum.fbs) + (sum.unknown ? " + ?" : "");
}

st::Result<void> show(const Session& session, const ListingsCommand& options) {
  STK_TRY(const auto engine, open_for_reading(session));
  STK_TRY(const auto accounts, engine.accounts().list(session.context).collect());
  STK_TRY(const auto listings, engine.listings().matched(session.context));
  std::map<st::AccountId, std::string> labels;
  for (const st::Account& account : accounts) labels[account.id] = account.label;
  if (!options.json) {
    STK_TRY(const auto more, print_side_by_side(engine, options.rows, session.context));
    if (more > 0) emitf(stdout, "... and %lld more products\n", static_cast<long long>(more));
    emitf(stdout, "\n%zu offers are for review%s\n", listings.matches.review.size(),
          listings.matches.review.empty() ? "." : ":");
    TextTable table({{"account", TextTable::Align::left, 20},
                     {"offer", TextTable::Align::left, 24},
                     {"article", TextTable::Align::left, 24},
                     {"why", TextTable::Align::left},
                     {"shares something with", TextTable::Align::left, 60}});
    std::size_t shown = 0;
    for (const st::ReviewItem& item : listings.matches.review) {
      if (shown++ == static_cast<std::size_t>(options.rows)) break;
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
    table.print(stdout);
    return st::success();
  }
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
  emitf(stdout, "%s\n", text.c_str());
  return st::success();
}

st::Result<void> decide(const Session& session, const ListingsCommand& options) {
  STK_TRY(const auto engine, open_for_work(session, options.network, false));
  STK_TRY(const auto account, engine.accounts().find(options.account, session.context));
  auto listings = engine.listings();
  if (options.product.empty()) return listings.undecide(account.id, options.offer, session.context);
  return listings.decide(account.id, options.offer, options.product, session.context);
}

}  // namespace

st::Result<std::int64_t> print_side_by_side(const st::Engine& engine, int most, const st::CallContext& context) {
  STK_TRY(const auto accounts, engine.accounts().list(context).collect());
  STK_TRY(const auto listings, engine.listings().matched(context));
  STK_TRY(const auto sums, sums_of(engine, accounts, context));
  std::vector<TextTable::Column> columns{{"article", TextTable::Align::left, 26}};
  for (const st::Account& account : accounts) columns.push_back({account.label, TextTable::Align::right, 22});
  columns.push_back({"by", TextTable::Align::left});
  columns.push_back({"seen", TextTable::Align::left});
  TextTable table(std::move(columns));
  std::int64_t left = 0;
  int shown = 0;
  // Products that are on most marketplaces first: they are what this table is for.
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
    st::Instant asked;
    for (const std::size_t n : product.offers) {
      const st::MatchOffer& offer = listings.offers[n];
      if (offer.article.size() > article.size()) article = offer.article;  // the one that names the size
      const auto found = sums.find({offer.account, offer.key});
      const Sum sum = found == sums.end() ? Sum() : found->second;
      cells[offer.account] = text_of(sum);
      if (sum.told) {
        oldest = std::min(oldest, sum.oldest);
        asked = sum.asked;
      }
    }
    std::vector<std::string> row{article};
    for (const st::Account& account : accounts) row.push_back(cells.count(account.id) == 0 ? "-" : cells[account.id]);
    row.emplace_back(to_string(product.by));
    row.push_back(oldest == st::Instant::latest() ? "never" : st::Age{asked - oldest}.text() + " ago");
    table.add(std::move(row));
  }
  table.print(stdout);
  return left;
}

ExitCode run_listings(const Session& session, const ListingsCommand& options) {
  const auto done = options.offer.empty() ? show(session, options) : decide(session, options);
  return done ? kOk : report(done.error());
}

}  // namespace server
