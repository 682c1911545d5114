// Listings, MatchedListings: which offers are the same product.
#include <stocktracker/inventory/listings.hpp>

#include "bindings/python/src/calls.hpp"
#include "bindings/python/src/engine.hpp"

namespace stkpy {

// products.cpp
void bind_products(py::module_& module, py::class_<ListingsService>& listings);

namespace {

// Indices of the library, as the offers that they stand for; they share the list of offers.
using Matched = std::shared_ptr<const st::MatchedListings>;

std::vector<st::MatchOffer> offers_at(const st::MatchedListings& all, const std::vector<std::size_t>& indices) {
  std::vector<st::MatchOffer> offers;
  offers.reserve(indices.size());
  for (const std::size_t at : indices) offers.push_back(all.offers[at]);
  return offers;
}

struct ProductForPython {
  Matched all;
  std::size_t at;
  [[nodiscard]] const st::MatchedProduct& get() const { return all->matches.products[at]; }
};
struct ReviewForPython {
  Matched all;
  std::size_t at;
  [[nodiscard]] const st::ReviewItem& get() const { return all->matches.review[at]; }
};
struct ListingsForPython {
  Matched all;
};

template <class T>
Rows<T> every(const Matched& all, std::size_t count) {
  Rows<T> rows;
  rows.rows.reserve(count);
  for (std::size_t at = 0; at < count; ++at) rows.rows.push_back({all, at});
  return rows;
}

void bind_matches(py::module_& module) {
  py::class_<st::MatchOffer>(module, "MatchOffer", "An offer as it is compared with those of other accounts.")
      .def_readonly("account", &st::MatchOffer::account)
      .def_readonly("key", &st::MatchOffer::key)
      .def_readonly("article", &st::MatchOffer::article)
      .def_readonly("title", &st::MatchOffer::title)
      .def_readonly("barcodes", &st::MatchOffer::barcodes)
      .def_readonly("product", &st::MatchOffer::product, "The product that a person assigned; empty: none.")
      .def("__repr__", [](const st::MatchOffer& o) { return "<MatchOffer " + o.key + " " + o.article + ">"; });
  py::class_<ProductForPython>(module, "MatchedProduct", "Offers of one product.")
      .def_property_readonly(
          "offers", [](const ProductForPython& p) { return Rows<st::MatchOffer>{offers_at(*p.all, p.get().offers)}; })
      .def_property_readonly(
          "by", [](const ProductForPython& p) { return p.get().by; }, "Why they are one product.")
      .def("__repr__", [](const ProductForPython& p) {
        return "<MatchedProduct of " + std::to_string(p.get().offers.size()) + " offers by " + to_string(p.get().by) +
               ">";
      });
  py::class_<ReviewForPython>(module, "ReviewItem", "An offer that a person has to decide about.")
      .def_property_readonly("offer", [](const ReviewForPython& r) { return r.all->offers[r.get().offer]; })
      .def_property_readonly("reason", [](const ReviewForPython& r) { return r.get().reason; })
      .def_property_readonly(
          "candidates",
          [](const ReviewForPython& r) { return Rows<st::MatchOffer>{offers_at(*r.all, r.get().candidates)}; },
          "Offers of other accounts that share a barcode or the article, at most ten.")
      .def_property_readonly("candidates_total", [](const ReviewForPython& r) { return r.get().candidates_total; })
      .def("__repr__", [](const ReviewForPython& r) {
        return "<ReviewItem " + r.all->offers[r.get().offer].key + ", " + to_string(r.get().reason) + ">";
      });
  py::class_<ListingsForPython>(module, "MatchedListings", "Products across accounts, and what is to be decided.")
      .def_property_readonly("offers", [](const ListingsForPython& l) { return Rows<st::MatchOffer>{l.all->offers}; })
      .def_property_readonly(
          "products",
          [](const ListingsForPython& l) { return every<ProductForPython>(l.all, l.all->matches.products.size()); })
      .def_property_readonly(
          "review",
          [](const ListingsForPython& l) { return every<ReviewForPython>(l.all, l.all->matches.review.size()); })
      .def("__repr__", [](const ListingsForPython& l) {
        return "<MatchedListings of " + std::to_string(l.all->offers.size()) +
               " offers: " + std::to_string(l.all->matches.products.size()) + " products, " +
               std::to_string(l.all->matches.review.size()) + " to review>";
      });
}

}  // namespace

void bind_listings(py::module_& module) {
  bind_matches(module);
  py::class_<ListingsService> service(module, "Listings",
                                      "Which offers of the accounts are the same product. Thread-safe.");
  bind_products(module, service);
  service
      .def(
          "matched",
          [](const ListingsService& listings, const Timeout& timeout) {
            const auto service = listings.get();
            auto found = value_or_raise(waiting(
                listings.context(timeout), [&](const st::CallContext& context) { return service.matched(context); }));
            return ListingsForPython{std::make_shared<const st::MatchedListings>(std::move(found))};
          },
          py::kw_only(), py::arg("timeout") = py::none(), "Computed from what is stored now.")
      .def(
          "decide",
          [](const ListingsService& listings, const st::AccountId& account, const std::string& offer,
             const std::string& product, const std::string& actor) {
            auto service = listings.get();
            return quick([&] { return service.decide(account, offer, product, listings.context({}, actor)); });
          },
          py::arg("account"), py::arg("offer"), py::arg("product"), py::kw_only(), py::arg("actor") = "",
          "Records a person's decision: this offer is that product.")
      .def(
          "undecide",
          [](const ListingsService& listings, const st::AccountId& account, const std::string& offer,
             const std::string& actor) {
            auto service = listings.get();
            return quick([&] { return service.undecide(account, offer, listings.context({}, actor)); });
          },
          py::arg("account"), py::arg("offer"), py::kw_only(), py::arg("actor") = "",
          "Removes the decision, if there is one.");
}

}  // namespace stkpy
