// Sends requests of the Seller API, finds the next page of a list, and finds articles that two products share.
#include "adapters/ozon/calls.hpp"

#include <algorithm>

#include "adapters/ozon/error_map.hpp"
#include "core/hash.hpp"

namespace stocktracker::inline v0::ozon {

Calls::Calls(Options options, ConnectorPorts ports)
    : VendorCalls(std::move(ports), errors()), options_(std::move(options)) {}

Result<HttpResponse> Calls::post(std::string_view path, std::string_view operation, std::string body,
                                 const CallContext& context) const {
  return send(
      vendor_request(HttpMethod::post, options_.host + std::string(path), operation, "ozon", "seller", std::move(body)),
      context);
}

Result<std::optional<std::string>> NextPage::next() const {
  if (has_next == false) return std::optional<std::string>();
  if (!has_next && (rows == 0 || cursor.empty())) return std::optional<std::string>();
  if (cursor.empty()) {
    return Error(Errc::vendor_contradiction, "the list continues, but names no next page").about("cursor").may_retry();
  }
  return std::optional(cursor);
}

Result<void> Articles::add(std::string_view article, std::int64_t product) {
  return add(article, hash64(article), product);
}

Result<void> Articles::add(std::string_view article, std::uint64_t article_hash, std::int64_t product) {
  if ((size_ + 1) * 2 > slots_.size()) grow();
  const std::uint64_t hash = std::max<std::uint64_t>(1, article_hash);
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = hash & mask;; at = (at + 1) & mask) {
    Slot& slot = slots_[at];
    if (slot.hash == 0) {
      slot = {hash, product};
      ++size_;
      return success();
    }
    if (slot.hash != hash) continue;
    if (slot.product == product) return success();
    return shared_article(article, slot.product, product);
  }
}

void Articles::grow() {
  std::vector<Slot> before(std::max<std::size_t>(256, slots_.size() * 2));
  before.swap(slots_);
  for (const Slot& slot : before) {
    if (slot.hash == 0) continue;
    std::size_t at = slot.hash & (slots_.size() - 1);
    while (slots_[at].hash != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = slot;
  }
}

Error shared_article(std::string_view article, std::int64_t one, std::int64_t other) {
  return Error(Errc::vendor_contradiction, "the article " + shown(article) + " belongs to two products: " +
                                               std::to_string(one) + " and " + std::to_string(other))
      .about("offer_id");
}

}  // namespace stocktracker::inline v0::ozon
