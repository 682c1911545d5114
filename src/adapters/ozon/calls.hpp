/// @file
/// What every method of the API shares: sending, where a list goes on, and articles that two products share.
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
  /// Almost everything is a POST, reads too. An empty body is sent as none: methods without one may refuse `{}`.
  [[nodiscard]] Result<HttpResponse> post(std::string_view path, std::string_view operation, std::string body,
                                          const CallContext& context) const;

 private:
  const Options options_;
};

/// Where a list goes on, as its pages say.
struct NextPage {
  std::string cursor{};
  std::size_t rows = 0;
  std::optional<bool> has_next{};  ///< nullopt: not true or false (the documentation's own example is a text)

  /// Where the next page begins; nullopt at the end of the list. Lists were seen that name a cursor on their last page,
  /// so that one without rows ends a list that has no has_next. A page that promises more and shows no way to it is
  /// Errc::vendor_contradiction: half a list must not look like a short one.
  [[nodiscard]] Result<std::optional<std::string>> next() const;
};

/// Articles and the product that each belongs to.
class Articles {
 public:
  /// Errc::vendor_contradiction names the article and both products where it belongs to another one already. An offer
  /// is an article here: two products of one article must not become one offer.
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
