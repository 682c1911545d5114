/// @file
/// A file or folder that is made beside its place, and takes it complete or not at all. Nothing is removed that this
/// process did not make.
#pragma once

#include <memory>
#include <string>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0::sqlite {

/// To the disk, by its name.
[[nodiscard]] Result<void> flush(const std::string& path);

/// What bears the name `path` takes the name `target`, unless that is there: Errc::invalid_argument. On every file
/// system, also on one without hard links.
[[nodiscard]] Result<void> take_name(const std::string& path, const std::string& target);

/// A folder `.NAME.part.XXXXXX` beside the target, of this user alone, in which the target is made. It goes away with
/// this object. One of a process that was killed stays, for a person to remove.
class Draft {
 public:
  /// Errc::invalid_argument when the target is there, Errc::store_busy while another draft for it is being made.
  [[nodiscard]] static Result<std::unique_ptr<Draft>> begin(const std::string& target);
  /// The same for a target that may be there, and is replaced.
  [[nodiscard]] static Result<std::unique_ptr<Draft>> begin_over(const std::string& target);
  [[nodiscard]] static Result<void> must_be_new(const std::string& target);
  /// Drafts for a target of our own store, of processes that were killed.
  static void remove_leftovers(const std::string& target) noexcept;

  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft();

  /// What is made goes here; nothing is there yet.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Errc::invalid_argument when something has taken the target's name meanwhile; that is left as it is.
  [[nodiscard]] Result<void> become_target() const;
  [[nodiscard]] Result<void> replace_target() const;

 private:
  Draft(std::string target, std::string folder)
      : target_(std::move(target)), folder_(std::move(folder)), path_(folder_ + "/copy") {}
  [[nodiscard]] Result<void> be_the_only_one();

  const std::string target_;
  const std::string folder_;
  const std::string path_;
  int lock_ = -1;  // held as long as the draft lives: others find it
};

}  // namespace stocktracker::inline v0::sqlite
