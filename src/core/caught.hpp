/// Calls of code that is not the library's: what it throws becomes an error.
#pragma once

#include <exception>
#include <string_view>
#include <type_traits>

#include <stocktracker/core/result.hpp>

namespace stocktracker::inline v0 {

/// What is said of a thrown value that is no std::exception.
inline constexpr std::string_view kNoException = "something that is no std::exception";

/// What an exception says of itself, which may be nothing.
[[nodiscard]] inline std::string_view said_by(const std::exception& thrown) noexcept {
  const char* const text = thrown.what();
  return text == nullptr ? kNoException : std::string_view(text);
}

/// Errc::internal: "the connector's fetch_stock threw: what it said". Without characters that control a terminal, and
/// cut.
[[nodiscard]] Error thrown_error(std::string_view subject, std::string_view said);

/// Calls `body`, which returns nothing; gives `take` what it throws.
template <class F, class Take>
void guard(F&& body, Take&& take) noexcept {
  try {
    body();
  } catch (const std::exception& thrown) {
    take(said_by(thrown));
  } catch (...) {
    take(kNoException);
  }
}

/// Calls `body`, which returns a Result. `subject` names whose code it is, for the error.
template <class F>
[[nodiscard]] std::invoke_result_t<F> caught(std::string_view subject, F&& body) {
  try {
    return body();
  } catch (const StockError& thrown) {  // Result::value() of an error: it says more than its text
    return thrown.error();
  } catch (const std::exception& thrown) {
    return thrown_error(subject, said_by(thrown));
  } catch (...) {
    return thrown_error(subject, kNoException);
  }
}

}  // namespace stocktracker::inline v0
