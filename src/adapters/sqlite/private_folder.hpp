/// PrivateFolder: a folder that only this user may read, and a stable copy of a foreign file in it.
#pragma once

#include <cstdint>
#include <string>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/function_ref.hpp>
#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::sqlite {

/// Removed with its content. The folder of a killed process is removed by the next process in the same place.
class PrivateFolder {
 public:
  /// Mode 0700, in `place`; empty: in the system's folder for temporary files.
  [[nodiscard]] static Result<PrivateFolder> make(const std::string& place);
  PrivateFolder(PrivateFolder&& other) noexcept;
  PrivateFolder& operator=(PrivateFolder&&) = delete;
  PrivateFolder(const PrivateFolder&) = delete;
  PrivateFolder& operator=(const PrivateFolder&) = delete;
  ~PrivateFolder();

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  PrivateFolder(std::string path, int lock) noexcept : path_(std::move(path)), lock_(lock) {}

  std::string path_;
  int lock_ = -1;  // held for the process's lifetime: others see that the folder is in use
};

/// Copies the file `from` and its write-ahead log to `to` (mode 0600): one moment of a store that may be in use. Reads
/// only a regular file of at most `max_bytes`: Errc::import_refused. Errc::not_found, Errc::store_unreadable;
/// Errc::store_busy if it keeps changing. Progress counts bytes.
[[nodiscard]] Result<void> copy_in(const std::string& from, const std::string& to, std::uint64_t max_bytes,
                                   const CallContext& context, FunctionRef<Instant()> now);

}  // namespace stocktracker::inline v0::sqlite
