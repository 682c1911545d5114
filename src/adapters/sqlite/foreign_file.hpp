/// Converts a foreign file to a fresh one in a private folder; see read_foreign_file.
#pragma once

#include <string>

#include <stocktracker/adapters/sqlite.hpp>

#include "adapters/sqlite/private_folder.hpp"

namespace stocktracker::inline v0::sqlite {

struct FreshFile {
  std::string path;  ///< in the private folder: complete, migrated, without a log
  ForeignFileReport report;
};

[[nodiscard]] Result<FreshFile> make_fresh(const ForeignFileOptions& options, const PrivateFolder& place,
                                           const CallContext& context);

}  // namespace stocktracker::inline v0::sqlite
