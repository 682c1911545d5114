// What a recomputation of products did, for people.
#include "server/render/recomputed.hpp"

namespace server {

std::string recomputed_text(const Recomputed& done) {
  std::string text =
      "rows changed: " + std::to_string(done.changed) + " (tenants: " + std::to_string(done.tenants) + ")";
  if (done.suspended == 0) return text;
  return text + "; suspended tenants: " + std::to_string(done.suspended) +
         ". Resume them, then run: stocktracker doctor --repair";
}

}  // namespace server
