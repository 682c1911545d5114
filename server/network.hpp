// What reaches marketplaces: proxy, trust, limits.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/assembly/open.hpp>

#include "key_options.hpp"
#include "store.hpp"

namespace server {

struct NetworkOptions {
  std::string ca_bundle;
  std::string proxy;
  std::string limits;                          // a file that replaces the table that ships
  std::vector<std::string> allowed_base_urls;  // besides the marketplaces' hosts
  KeyOptions keys;
};

// The table of the file, or the one that ships.
[[nodiscard]] stocktracker::Result<stocktracker::LimitTable> limits_of(const NetworkOptions& options);

// For writing, with the network and the key.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_for_work(const Session& session,
                                                                       const NetworkOptions& options, bool may_create);

}  // namespace server
