// Details of an error, as text and as JSON.
#include <stocktracker/core/error.hpp>

#include <stocktracker/core/call_context.hpp>
#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/core/visible_text.hpp>

namespace stocktracker::inline v0 {
namespace {

const ErrorDetails& no_details() noexcept {
  static const ErrorDetails none;
  return none;
}

/// For people: never less than the wait, and no more digits than needed. The JSON form is exact.
std::string wait_text(Duration wait) {
  const auto micros = wait.count();
  const auto in = [&](std::int64_t unit) { return std::to_string(micros / unit + (micros % unit > 0 ? 1 : 0)); };
  if (micros % 1'000'000 == 0 || micros > 10'000'000) return in(1'000'000) + " s";
  if (micros % 1'000 == 0 || micros > 10'000) return in(1'000) + " ms";
  return std::to_string(micros) + " us";
}

void write(JsonWriter& json, const Error& error) {
  const ErrorDetails& details = error.details();
  json.begin_object();
  json.field("code", to_string(error.errc())).field("kind", to_string(error.kind()));
  const auto text = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) json.field(name, std::string_view(value));
  };
  text("message", details.message);
  text("operation", details.operation);
  text("field", details.field);
  text("vendor", details.vendor);
  text("vendor_code", details.vendor_code);
  text("vendor_request_id", details.vendor_request_id);
  text("request_id", details.request_id);
  text("tenant", details.tenant);
  text("account", details.account);
  if (details.http_status != 0) json.field("http_status", details.http_status);
  if (details.attempts != 0) json.field("attempts", details.attempts);
  if (details.retry_after) json.field("retry_after_us", static_cast<std::int64_t>(details.retry_after->count()));
  json.field("retryable", details.retryable);
  if (details.cause) {
    json.key("cause");
    write(json, *details.cause);
  }
  json.end_object();
}

}  // namespace

Error::Error(Errc code) noexcept : code_(make_error_code(code)) {}

Error::Error(Errc code, std::string message) : code_(make_error_code(code)) {
  auto details = std::make_shared<ErrorDetails>();
  details->message = std::move(message);
  details_ = std::move(details);
}

Error::Error(Errc code, ErrorDetails details)
    : code_(make_error_code(code)), details_(std::make_shared<const ErrorDetails>(std::move(details))) {}

const ErrorDetails& Error::details() const noexcept { return details_ ? *details_ : no_details(); }

// Details may be shared with other errors: changes are made on a private copy.
ErrorDetails& Error::own() {
  auto copy = std::make_shared<ErrorDetails>(details());
  ErrorDetails& reference = *copy;
  details_ = std::move(copy);
  return reference;
}

Error&& Error::during(std::string_view operation) && {
  own().operation = operation;
  return std::move(*this);
}

Error&& Error::about(std::string_view field) && {
  own().field = field;
  return std::move(*this);
}

Error&& Error::in(const CallContext& context) && {
  ErrorDetails& details = own();
  if (details.request_id.empty()) details.request_id = context.request_id;
  if (details.tenant.empty() && !context.tenant.is_nil()) details.tenant = context.tenant.text();
  return std::move(*this);
}

Error&& Error::because(Error cause) && {
  own().cause = std::make_shared<const Error>(std::move(cause));
  return std::move(*this);
}

Error&& Error::retry_after(Duration wait) && {
  own().retry_after = wait;
  return std::move(*this);
}

Error&& Error::may_retry(bool retryable) && {
  own().retryable = retryable;
  return std::move(*this);
}

Error&& Error::tried(int attempts) && {
  own().attempts = attempts;
  return std::move(*this);
}

std::string Error::text() const {
  const ErrorDetails& d = details();
  std::string text = std::string(to_string(errc())) + " (" + to_string(kind()) + ")";
  if (!d.message.empty()) text += ": " + d.message;
  if (!d.field.empty()) text += "; field " + d.field;
  if (!d.operation.empty()) text += "; operation " + d.operation;
  if (d.http_status != 0) text += "; http " + std::to_string(d.http_status);
  if (!d.vendor_code.empty()) {
    text += "; " + (d.vendor.empty() ? std::string("vendor") : d.vendor) + " " + d.vendor_code;
  }
  if (!d.vendor_request_id.empty()) text += "; vendor request " + d.vendor_request_id;
  if (d.attempts > 1) text += "; " + std::to_string(d.attempts) + " attempts";
  if (d.retry_after) text += "; retry after " + wait_text(*d.retry_after);
  if (d.cause) text += "; because " + d.cause->text();
  return visible(text);  // vendors write some of the details: none may start a line of its own in a log
}

std::string Error::to_json() const {
  std::string out;
  JsonWriter json(out);
  write(json, *this);
  return out;
}

std::string reason_of(const Error& error) {
  const ErrorDetails& details = error.details();
  std::string reason = visible(details.message);
  if (reason.find_first_not_of(' ') != std::string::npos) return reason;
  reason = to_string(error.errc());
  if (details.http_status == 0 && details.vendor_code.empty()) return reason + ": " + error.public_message();
  if (details.http_status != 0) reason += ": HTTP " + std::to_string(details.http_status);
  if (!details.vendor_code.empty()) {
    reason += (details.http_status != 0 ? ", " : ": ") + visible(details.vendor_code);
  }
  return reason;
}

StockError::StockError(Error error) : error_(std::move(error)), what_(std::make_shared<std::string>(error_.text())) {}

std::error_code make_error_code(const Error& error) noexcept { return error.code(); }

void outcome_throw_as_system_error_with_payload(Error error) { throw StockError(std::move(error)); }

}  // namespace stocktracker::inline v0
