/// What all methods of the API share: sending, the next page of a list, and articles that two products share.
#pragma once

#include <vector>

#include <stocktracker/adapters/ozon.hpp>

#include "marketplace/page_watch.hpp"
#include "marketplace/vendor_calls.hpp"

namespace stocktracker::inline v0::ozon {

/// Thread-safe.
class Calls : public VendorCalls {
 public:
  Calls(Options options, ConnectorPorts ports);

  [[nodiscard]] const Options& options() const noexcept { return options_; }
  /// Almost everything is a POST, reads included. An empty body is not sent: methods without a body may refuse `{}`.
  [[nodiscard]] Result<HttpResponse> post(std::string_view path, std::string_view operation, std::string body,
                                          const CallContext& context) const;

 private:
  const Options options_;
};

/// How a list continues, according to its pages.
struct NextPage {
  std::string cursor{};
  std::size_t rows = 0;
  std::optional<bool> has_next{};  ///< nullopt: not true or false (the documentation's own example is a text)

  /// The cursor of the next page; nullopt at the end of the list. Some lists name a cursor on their last page, so an
  /// empty page ends a list that has no has_next. A page that promises more without a cursor is
  /// Errc::vendor_contradiction: half a list must not look like a short one.
  [[nodiscard]] Result<std::optional<std::string>> next() const;
};

/// Articles and the product that each belongs to.
class Articles {
 public:
  /// Errc::vendor_contradiction names the article and both products if it already belongs to another product. An offer
  /// is an article here: two products with one article must not become one offer.
  [[nodiscard]] Result<void> add(std::string_view article, std::int64_t product);
  /// With the hash64 of the article.
  [[nodiscard]] Result<void> add(std::string_view article, std::uint64_t article_hash, std::int64_t product);

 private:
  struct Slot {
    std::uint64_t hash = 0;  ///< of the article; 0: free
    std::int64_t product = 0;
  };
  void grow();
  std::vector<Slot> slots_;
  std::size_t size_ = 0;
};

[[nodiscard]] Error shared_article(std::string_view article, std::int64_t one, std::int64_t other);

}  // namespace stocktracker::inline v0::ozon
