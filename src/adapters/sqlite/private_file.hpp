/// Files that only their owner may read, whatever the umask.
#pragma once

#include <sys/stat.h>

#include <string>

namespace stocktracker::inline v0::sqlite {

/// Creates an empty file with mode 0600 unless the name exists: SQLite would create a file with the permissions of the
/// umask. Log and shared memory get the mode of their file. Errors are reported by SQLite's own open.
void make_private(const std::string& path) noexcept;

/// The permission bits of the file with this name; 0 if there is none.
[[nodiscard]] mode_t mode_of(const std::string& path) noexcept;

}  // namespace stocktracker::inline v0::sqlite
