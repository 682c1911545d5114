// Reads accounts, matched listings, and the stock of each offer if it is shown.
#include "server/app/products.hpp"

#include <stocktracker/analytics/analytics.hpp>

namespace server {

namespace st = stocktracker;

st::Result<ProductView> product_view(const st::Engine& engine, const st::CallContext& context) {
  ProductView view;
  STK_TRY(view.accounts, engine.accounts().list(context).collect());
  STK_TRY(view.listings, engine.listings().matched(context));
  return view;
}

st::Result<void> add_stock(ProductView& view, const st::Engine& engine, const st::CallContext& context) {
  for (const st::Account& account : view.accounts) {
    STK_TRY(auto offers, engine.analytics().offer_stock(account.id, context));
    for (st::OfferStock& offer : offers) {
      const auto key = std::make_pair(account.id, offer.offer);
      view.stock.emplace(key, std::move(offer));
    }
  }
  view.asked_at = engine.clock().now();
  return st::success();
}

}  // namespace server
