// Opening the store of a session: for reading, for work with the network, for looking at its keys.
#pragma once

#include <string>
#include <vector>

#include <stocktracker/assembly/open.hpp>

#include "server/app/key_options.hpp"
#include "server/app/session.hpp"

namespace server {

// What reaches marketplaces: proxy, trust, limits.
struct NetworkOptions {
  std::string ca_bundle;
  std::string proxy;
  std::string limits;                          // a file that replaces the table that ships
  std::vector<std::string> allowed_base_urls;  // besides the marketplaces' hosts
  KeyOptions keys;
};

// Never makes a file: Errc::not_found names the one that is missing.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_for_reading(const Session& session);

// For writing, with the network and the key.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_for_work(const Session& session,
                                                                       const NetworkOptions& options, bool may_create);

// With the keys and without the network. Reading, too, asks the provider which keys there are.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_with_keys(const Session& session,
                                                                        const KeyOptions& options, bool read_only);

// The table of the file, or the one that ships.
[[nodiscard]] stocktracker::Result<stocktracker::LimitTable> limits_of(const NetworkOptions& options);

}  // namespace server
