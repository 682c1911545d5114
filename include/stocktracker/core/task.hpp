/// @file
/// Task: an owned, move-only `void()`, run once.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace stocktracker::inline v0 {

/// @code
/// auto owned = std::make_unique<int>(7);  // a std::function could not hold it
/// STK_TRY(executor->submit(st::Lane::cpu, [owned = std::move(owned)] { std::printf("%d\n", *owned); }));
/// @endcode
class Task {
 public:
  Task() noexcept = default;
  template <class F, class = std::enable_if_t<!std::is_same_v<std::remove_cvref_t<F>, Task>>>
  Task(F&& function)  // NOLINT(google-explicit-constructor,bugprone-forwarding-reference-overload)
      : body_(std::make_unique<Model<std::remove_cvref_t<F>>>(std::forward<F>(function))) {}

  [[nodiscard]] explicit operator bool() const noexcept { return body_ != nullptr; }
  /// The callable must not throw.
  void operator()() {
    auto body = std::move(body_);
    body->run();
  }

 private:
  struct Body {
    Body() = default;
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;
    virtual ~Body() = default;
    virtual void run() = 0;
  };
  template <class F>
  struct Model final : Body {
    template <class G>
    explicit Model(G&& g) : function(std::forward<G>(g)) {}
    void run() override { function(); }
    F function;
  };
  std::unique_ptr<Body> body_;
};

}  // namespace stocktracker::inline v0
