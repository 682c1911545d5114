// Opens the store of a session: for reading, for writing, for work with the network, or to look at its keys. No other
// file of the server opens one.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stocktracker/assembly/open.hpp>

#include "server/app/key_options.hpp"
#include "server/app/session.hpp"

namespace server {

// How to reach the marketplaces: proxy, certificate authorities, limits.
struct NetworkOptions {
  std::string ca_bundle;
  std::string proxy;
  std::string limits;                          // a file that replaces the built-in table
  std::vector<std::string> allowed_base_urls;  // in addition to the marketplaces' hosts
  KeyOptions keys;
};

// Never creates a file: Errc::not_found names the missing one.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_for_reading(const Session& session);

// For writing, without network and keys. A missing file is created.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_for_writing(const Session& session);

// The same, but never creates a file, as `open_for_reading`.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_for_change(const Session& session);

// For writing, with network and key.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_for_work(const Session& session,
                                                                       const NetworkOptions& options, bool may_create);

// With keys and without network. Also used for reading, to ask the provider which keys it has.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_with_keys(const Session& session,
                                                                        const KeyOptions& options, bool read_only);

// Replaces the network, the time and the random numbers of this machine.
struct Surroundings {
  std::shared_ptr<stocktracker::HttpTransport> transport;
  std::shared_ptr<stocktracker::Clock> clock;
  std::shared_ptr<stocktracker::Random> random;
};

// At `path` (":memory:", or a file that is created when missing), in simulated surroundings, with no thread of its own.
[[nodiscard]] stocktracker::Result<stocktracker::Engine> open_simulated(const Session& session, const std::string& path,
                                                                        Surroundings surroundings);

// The options that name this store, for a command in a message: "--db shop.db --tenant anna". The word URL stands for a
// URL, which may contain a password.
[[nodiscard]] std::string options_of_store(const Session& session);

// The table in the file, or the built-in one.
[[nodiscard]] stocktracker::Result<stocktracker::LimitTable> limits_of(const NetworkOptions& options);

}  // namespace server
