// Decodes pages of prices.
#include "adapters/wildberries/prices.hpp"

#include <algorithm>

#include "core/hash.hpp"
#include "marketplace/page_watch.hpp"

namespace stocktracker::inline v0::wildberries {
namespace {

constexpr Method kList{HttpMethod::get, &Hosts::prices, "/api/v2/list/goods/filter", "wildberries.prices", "prices"};
constexpr int kTries = 3;

std::string id_text(const json::Value& value) {
  const auto id = value.integer();
  return id && *id > 0 ? std::to_string(*id) : std::string();
}

/// The prices of one page.
class PageOfPrices {
 public:
  explicit PageOfPrices(PriceSink& sink) : sink_(sink) {}

  Result<void> card(json::Value card) {
    std::string identity = id_text(card["nmID"]);
    const auto code = card["currencyIsoCode4217"].text();
    const auto currency = code ? Currency::parse(*code) : Result<Currency>(Errc::vendor_schema);
    const auto size = [&](json::Value value) -> Result<void> {
      if (identity.empty()) identity = "size " + id_text(value["sizeID"]);
      return add_size(value, currency);
    };
    const std::string path = "data.listGoods[" + std::to_string(page.size()) + "].sizes";
    const auto key = [](json::Value value) { return id_text(value["sizeID"]); };
    const auto listed = each_row(card, path, sink_, key, size);
    page.push_back(hash64(identity));
    if (identity.empty()) return row_error("nmID", "is not an id");
    return listed ? Result<void>(success()) : Result<void>(std::move(listed).error());
  }

  Result<void> give() { return rows_.empty() ? Result<void>(success()) : sink_.prices(rows_); }

  PricePage page;

 private:
  Result<void> add_size(json::Value size, const Result<Currency>& currency) {
    const auto chrt = size["sizeID"].integer();
    if (!chrt || *chrt <= 0) return row_error("sizeID", "is not an id");
    const json::Value price = size["discountedPrice"];
    if (price.decimal() == "0") return success();  // no price was set
    if (!currency) return row_error("currencyIsoCode4217", "is not a currency");
    STK_TRY(const Money asked, money(price, "discountedPrice", currency.value()));
    STK_TRY(const Money list_price, money(size["price"], "price", currency.value()));
    rows_.push_back({texts_.add(*chrt), asked, list_price, std::nullopt});
    return success();
  }
  static Result<Money> money(const json::Value& value, std::string_view member, const Currency& currency) {
    const auto text = value.decimal();
    auto parsed = text ? Money::parse(*text, currency) : Result<Money>(Errc::vendor_schema);
    if (!parsed || parsed.value().minor() < 0) return row_error(member, "is not an amount of its currency");
    return parsed;
  }

  PriceSink& sink_;
  RowTexts texts_;
  std::vector<PriceRow> rows_;
};

/// Passes each price, and each problem, on once: pages overlap, and a list may be read again.
class FreshPrices final : public PriceSink {
 public:
  explicit FreshPrices(PriceSink& next) noexcept : next_(next) {}
  Result<void> prices(std::span<const PriceRow> page) override {
    fresh_.clear();
    for (const PriceRow& row : page) {
      if (given_.insert(hash64(row.offer))) fresh_.push_back(row);
    }
    return fresh_.empty() ? Result<void>(success()) : next_.prices(fresh_);
  }
  void odd_row(const OddRow& row) override {
    const bool named = !row.key.empty();
    if (!named || given_.insert(hash64(std::string(row.key) + "\n" + std::string(row.reason)))) next_.odd_row(row);
  }

 private:
  PriceSink& next_;
  HashSet given_;
  std::vector<PriceRow> fresh_;
};

/// One attempt to read the complete list.
class Reading {
 public:
  Reading(const Calls& calls, PriceSink& sink, const CallContext& context)
      : calls_(calls), sink_(sink), context_(context), watch_(kList.operation) {}

  /// Errc::vendor_rebuilt: try again. By the documentation the list ends with a page without new rows.
  Result<void> run() {
    std::size_t offset = 0;
    PricePage before;
    while (true) {
      // A page of one card may be a server's limit: then pages cannot overlap.
      const std::size_t overlap = before.size() > 1 ? 1 : 0;
      STK_TRY(PricePage now, page(offset - overlap));
      std::size_t fresh_from = 0;
      if (overlap > 0) {
        const auto border = std::find(now.begin(), now.end(), before.back());
        if (border == now.end()) return Error(Errc::vendor_rebuilt, "the list changed while it was read").may_retry();
        fresh_from = static_cast<std::size_t>(border - now.begin()) + 1;
        if (now.size() == 1) return success();
      }
      if (now.empty()) return success();
      for (std::size_t at = fresh_from; at < now.size(); ++at) watch_.row(std::to_string(now[at]));
      offset += now.size() - overlap;
      STK_TRY(watch_.turn(std::to_string(offset)));
      before = std::move(now);
    }
  }

 private:
  Result<PricePage> page(std::size_t offset) {
    // Two at least, so that pages can overlap.
    const int limit = std::max(2, calls_.options().prices_per_page);
    STK_TRY(const auto response,
            calls_.ask(kList, context_, "?limit=" + std::to_string(limit) + "&offset=" + std::to_string(offset)));
    if (response.status == 204) return PricePage();
    return in_operation(kList.operation, decode_price_page(response.body, sink_));
  }

  const Calls& calls_;
  PriceSink& sink_;
  const CallContext& context_;
  PageWatch watch_;
};

}  // namespace

Result<PricePage> decode_price_page(std::string_view body, PriceSink& sink) {
  STK_TRY(const auto document, json::Document::parse(body));
  // Refusals of this category may come with status 200.
  STK_TRY(check_refusal(document.root()));
  PageOfPrices prices(sink);
  const auto key_of_odd_card = [&](json::Value card) {
    if (!card.is_object()) prices.page.push_back(0);  // it still counts as a card of the list
    return std::string();
  };
  STK_TRY(each_row(document.root()["data"], "data.listGoods", sink, key_of_odd_card,
                   [&](json::Value card) { return prices.card(card); }));
  STK_TRY(prices.give());
  return std::move(prices.page);
}

Result<void> fetch_prices(const Calls& calls, PriceSink& sink, const CallContext& context) {
  FreshPrices fresh(sink);
  for (int attempt = 0; attempt < kTries; ++attempt) {
    auto read = Reading(calls, fresh, context).run();
    if (read || read.error().errc() != Errc::vendor_rebuilt) return in_operation(kList.operation, std::move(read));
  }
  return Error(Errc::vendor_rebuilt, "the list changed while it was read, three times")
      .during(kList.operation)
      .may_retry();
}

}  // namespace stocktracker::inline v0::wildberries
