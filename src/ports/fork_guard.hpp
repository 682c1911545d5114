/// Notices that this process is a forked child: it has none of its parent's threads, so nothing there may be waited
/// for.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include <stocktracker/core/error.hpp>

namespace stocktracker::inline v0 {

/// Grows in every forked child. One relaxed load, except for the first call in a process.
[[nodiscard]] std::uint32_t fork_count() noexcept;

/// Errc::engine_forked, for every call in such a child.
[[nodiscard]] Error forked_error();

/// The same object. If its last reference goes in a child that was forked since, it is not destroyed: its destructor
/// would wait for threads, locks or files of the parent.
template <class T>
[[nodiscard]] std::shared_ptr<T> kept_across_fork(std::shared_ptr<T> owned) {
  T* const object = owned.get();
  return std::shared_ptr<T>(object, [owned = std::move(owned), forks = fork_count()](T*) mutable {
    if (fork_count() != forks) static_cast<void>(new std::shared_ptr<T>(std::move(owned)));  // never deleted
  });
}

}  // namespace stocktracker::inline v0
