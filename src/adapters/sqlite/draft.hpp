/// Draft: a file or folder that is written beside its target, and appears complete or not at all. It never removes
/// anything that this process has not created.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::sqlite {

/// Flushes the file or folder with this name to disk.
[[nodiscard]] Result<void> flush(const std::string& path);

/// Renames `path` to `target`, unless that exists: Errc::invalid_argument. Works on every file system, also without
/// hard links.
[[nodiscard]] Result<void> take_name(const std::string& path, const std::string& target);

/// A folder `.NAME.part.XXXXXX` beside the target, readable by this user only, in which the target is written. It is
/// removed with this object. The folder of a killed process stays until a person removes it.
class Draft {
 public:
  /// Errc::invalid_argument if the target exists, Errc::store_busy while another draft for it is being written.
  [[nodiscard]] static Result<std::unique_ptr<Draft>> begin(const std::string& target);
  [[nodiscard]] static Result<void> must_be_new(const std::string& target);
  /// Removes drafts of killed processes, for a target in this program's own store.
  static void remove_leftovers(const std::string& target) noexcept;

  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft();

  /// Write here; nothing exists there yet.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Errc::invalid_argument if something else has taken the target's name meanwhile; that is not changed.
  [[nodiscard]] Result<void> become_target() const;

 private:
  Draft(std::string target, std::string folder)
      : target_(std::move(target)), folder_(std::move(folder)), path_(folder_ + "/copy") {}
  [[nodiscard]] Result<void> be_the_only_one();

  const std::string target_;
  const std::string folder_;
  const std::string path_;
  int lock_ = -1;  // held for the draft's lifetime: other processes see it
};

}  // namespace stocktracker::inline v0::sqlite
