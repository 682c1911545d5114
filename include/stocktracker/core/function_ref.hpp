/// @file
/// FunctionRef: a reference to a callable, for parameters; it owns nothing and does not need the standard header
/// functional.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace stocktracker::inline v0 {

template <class Signature>
class FunctionRef;

/// Two pointers. The callable must outlive the call it is passed to; do not store a FunctionRef.
///
/// @code
/// const auto call_twice = [](st::FunctionRef<void(int)> body) { body(1), body(2); };
/// int sum = 0;
/// call_twice([&sum](int n) { sum += n; });
/// @endcode
template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F, class = std::enable_if_t<!std::is_same_v<std::remove_cvref_t<F>, FunctionRef> &&
                                              std::is_invocable_r_v<R, F&, Args...>>>
  FunctionRef(F&& function) noexcept  // NOLINT(google-explicit-constructor,bugprone-forwarding-reference-overload)
      : target_(const_cast<void*>(static_cast<const void*>(std::addressof(function)))),
        call_([](void* target, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(target))(std::forward<Args>(args)...);
        }) {}

  R operator()(Args... args) const { return call_(target_, std::forward<Args>(args)...); }

 private:
  void* target_;
  R (*call_)(void*, Args...);
};

}  // namespace stocktracker::inline v0
