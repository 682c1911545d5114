/// @file
/// A file or folder that is made beside its place, and takes it whole or not at all.
#pragma once

#include <string>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// To the disk, by its name.
[[nodiscard]] Result<void> flush(const std::string& path);

/// Goes away unless it became what it was made for.
class Draft {
 public:
  explicit Draft(const std::string& target);
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { remove(); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] static Result<void> must_be_new(const std::string& target);
  [[nodiscard]] Result<void> become_target() const;

 private:
  void remove() const noexcept;
  std::string target_;
  std::string path_;
};

}  // namespace stocktracker::inline v0
