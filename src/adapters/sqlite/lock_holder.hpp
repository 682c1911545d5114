/// Which process holds the lock of a store.
#pragma once

#include <string>

namespace stocktracker::inline v0::sqlite {

/// "process 1234 (sqlite3)" or "this process", from the kernel's table of locks; "another process" if it does not say:
/// not Linux, another machine or container. The store's files are not opened: closing one of them would end this
/// process's own locks on it.
[[nodiscard]] std::string lock_holder(const std::string& file);

}  // namespace stocktracker::inline v0::sqlite
