/// @file
/// Error: a code with immutable details. The adapter translates a failure once, with advice; layers above only add
/// context.
#pragma once

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <stocktracker/core/duration.hpp>
#include <stocktracker/core/errc.hpp>

namespace stocktracker::inline v0 {

struct CallContext;
class Error;

/// What is known about a failure beyond its code. Never contains a secret, a request body or the body of an answer.
struct ErrorDetails {
  std::string message;                  ///< for operators; sellers see public_text(Errc)
  std::string operation;                ///< the call that failed, e.g. "wildberries.cards_list"
  std::string field;                    ///< the invalid input field; empty when the error is not about one
  std::string vendor;                   ///< "wildberries", "sqlite", ...
  std::string vendor_code;              ///< the vendor's own code or status text
  std::string vendor_request_id;        ///< to quote to the vendor's support
  std::string request_id;               ///< the library's own
  std::string tenant;                   ///< text form of the tenant id
  std::string account;                  ///< text form of the account id
  int http_status = 0;                  ///< 0 when no HTTP answer was involved
  int attempts = 0;                     ///< how often it was tried; 0: once
  std::optional<Duration> retry_after;  ///< the wait that the other side asked for
  bool retryable = false;               ///< the same call may succeed later without change
  std::shared_ptr<const Error> cause;
};

/// 32 bytes, cheap to copy. There is no Error that means success. Immutable once shared: thread-safe.
///
/// @code
/// const auto run = engine.sync().run(account.id);
/// if (!run && run.error().kind() == st::ErrorKind::rate_limited) {
///   const auto wait = run.error().details().retry_after;  // callers decide by kind, never by text
///   std::puts(run.error().public_message());              // for the seller; text() is for operators
/// }
/// @endcode
class STK_API Error {
 public:
  /// No allocation. Implicit, so that `return Errc::cancelled;` works.
  Error(Errc code) noexcept;  // NOLINT(google-explicit-constructor)
  Error(Errc code, std::string message);
  Error(Errc code, ErrorDetails details);

  [[nodiscard]] const std::error_code& code() const noexcept { return code_; }
  [[nodiscard]] Errc errc() const noexcept { return static_cast<Errc>(code_.value()); }
  [[nodiscard]] ErrorKind kind() const noexcept { return kind_of(errc()); }
  /// The details; empty for an error that was made from a code alone.
  [[nodiscard]] const ErrorDetails& details() const noexcept;
  [[nodiscard]] const std::string& message() const noexcept { return details().message; }
  /// For the seller; static text.
  [[nodiscard]] const char* public_message() const noexcept { return public_text(errc()); }
  [[nodiscard]] bool retryable() const noexcept { return details().retryable; }

  /// Context added on the way up; each returns the changed error. `in` keeps fields that are already set.
  Error&& during(std::string_view operation) &&;
  Error&& about(std::string_view field) &&;
  Error&& in(const CallContext& context) &&;
  Error&& because(Error cause) &&;
  Error&& retry_after(Duration wait) &&;
  Error&& may_retry(bool retryable = true) &&;
  Error&& tried(int attempts) &&;

  /// One line for operators; control characters become spaces: "vendor_throttled (rate_limited): message; operation
  /// ...; http 429; retry after 20 s".
  [[nodiscard]] std::string text() const;
  /// The same as a JSON object, with the cause nested.
  [[nodiscard]] std::string to_json() const;

 private:
  ErrorDetails& own();

  std::error_code code_;
  std::shared_ptr<const ErrorDetails> details_;
};

/// The reason of a failure, for operators: one line, never empty. It is the message; without a message it is the code
/// with the HTTP status and the vendor's code ("vendor_rejected: HTTP 400, INVALID_DATE"), or the code with its public
/// text.
[[nodiscard]] STK_API std::string reason_of(const Error& error);

/// Thrown by Result<T>::value() when there is no value.
///
/// @code
/// try {
///   const st::StockTotal total = engine.stock().total(account.id).value();  // throws if there is no value
/// } catch (const st::StockError& failed) {
///   std::puts(failed.error().text().c_str());
/// }
/// @endcode
class STK_API StockError : public std::exception {
 public:
  explicit StockError(Error error);
  [[nodiscard]] const Error& error() const noexcept { return error_; }
  [[nodiscard]] const char* what() const noexcept override { return what_->c_str(); }

 private:
  Error error_;
  std::shared_ptr<const std::string> what_;
};

/// Boost.Outcome finds these by argument-dependent lookup: Error behaves like an error_code, and value() throws
/// StockError.
[[nodiscard]] STK_API std::error_code make_error_code(const Error& error) noexcept;
[[noreturn]] STK_API void outcome_throw_as_system_error_with_payload(Error error);

}  // namespace stocktracker::inline v0
