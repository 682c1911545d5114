/// @file
/// Files that only their owner may read, whatever the umask.
#pragma once

#include <sys/stat.h>

#include <string>

namespace stocktracker::inline v0::sqlite {

/// Makes an empty file with mode 0600 unless something bears that name: SQLite would make one that the umask allows
/// others to read. Log and shared memory take the mode of their file. Errors are left for SQLite to find.
void make_private(const std::string& path) noexcept;

/// The permission bits of what bears the name; 0 when nothing does.
[[nodiscard]] mode_t mode_of(const std::string& path) noexcept;

}  // namespace stocktracker::inline v0::sqlite
