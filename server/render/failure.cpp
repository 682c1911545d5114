// Errors in a person's words; Error::text() is the form for developers and logs.
#include "server/render/failure.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <string_view>

#include "server/render/terminal.hpp"

namespace server {
namespace {

namespace st = stocktracker;

// Its errors end with the library's own advice.
constexpr std::string_view kSqlite = "sqlite";
constexpr std::string_view kChooseTenant = "Choose a tenant: add --tenant NAME.";

struct Sentences {
  std::string what;
  std::string next_step;
};

// A public text is what happened and, after the first full stop, what to do; tests/unit/core/error_test.cpp checks it.
Sentences public_sentences(st::Errc code) {
  const std::string_view text = public_text(code);
  const std::size_t end = std::min(text.find(". "), text.size());
  return {std::string(text.substr(0, end)), std::string(text.substr(std::min(end + 2, text.size())))};
}

std::string lower_first(std::string text) {
  const bool abbreviation = text.size() > 1 && std::isupper(static_cast<unsigned char>(text[1])) != 0;
  if (!text.empty() && !abbreviation) text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
  return text;
}

std::string upper_first(std::string text) {
  if (!text.empty()) text[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(text[0])));
  return text;
}

// With this word begins the part of a message that says what to do: "x is there already; name another".
bool is_advice(std::string_view text) {
  static constexpr std::array kVerbs{
      "add", "allow",  "let",    "check",  "choose", "connect",     "create", "give", "name",    "open",
      "put", "raise",  "remove", "repair", "repeat", "restore",     "rotate", "run",  "set",     "start",
      "try", "update", "use",    "wait",   "write",  "synchronise", "free",   "make", "migrate", "transfer"};
  const std::string_view word = text.substr(0, std::min(text.find_first_of(" :"), text.size()));
  return std::find(kVerbs.begin(), kVerbs.end(), word) != kVerbs.end();
}

// Cuts the advice off a message.
std::string take_advice(std::string& message) {
  for (std::size_t at = message.find_first_of(";:"); at != std::string::npos;
       at = message.find_first_of(";:", at + 1)) {
    if (message.compare(at + 1, 1, " ") != 0 || !is_advice(std::string_view(message).substr(at + 2))) continue;
    std::string advice = upper_first(message.substr(at + 2));
    message.resize(at);
    // A command is copied as it stands.
    const bool command = advice.find(": stocktracker ") != std::string::npos || advice.starts_with("Run: ");
    if (advice.back() != '.' && !command) advice += '.';
    return advice;
  }
  return {};
}

// "CurlOptions: proxy must be ..." begins with a type of the library, which nobody who types a command knows.
std::string without_type_name(std::string message) {
  static constexpr std::array<std::string_view, 6> kEndings{"Options", "Query",  "Settings",
                                                            "Guard",   "Policy", "Profile"};
  const std::size_t end = std::min(message.find(": "), message.size());
  const std::string_view name = std::string_view(message).substr(0, end);
  if (end == message.size() || name.find(' ') != std::string_view::npos) return message;
  const bool is_type =
      std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
  return is_type ? message.substr(end + 2) : message;
}

// The message without the operation or type that it begins with, and with the subject that it speaks about.
std::string message_of(const st::Error& error) {
  const st::ErrorDetails& details = error.details();
  std::string message = details.message;
  // Stored runs have reason_of() as their message.
  const std::string code = std::string(to_string(error.errc())) + ": ";
  if (message.starts_with(code)) message.erase(0, code.size());
  if (message == error.public_message()) return {};
  const std::string operation = details.operation + ": ";
  if (!details.operation.empty() && message.starts_with(operation)) message.erase(0, operation.size());
  if (!details.field.empty()) message = without_type_name(std::move(message));
  const bool predicate = message.starts_with("must ") || message.starts_with("is ");
  if (predicate && !details.field.empty()) return details.field + " " + message;
  const bool unnamed_option = details.field.starts_with("--") && message.find(details.field) == std::string::npos;
  return unnamed_option && !message.empty() ? details.field + ": " + message : message;
}

// Only the text itself helps here: nobody would ask support about it.
bool mended_by_reader(const st::Error& error) {
  using enum st::Errc;
  constexpr std::array kOwn{invalid_argument, invalid_text, out_of_range, not_found,
                            already_exists,   cancelled,    tenant_unset};
  return std::find(kOwn.begin(), kOwn.end(), error.errc()) != kOwn.end();
}

// Of a longer chain of causes the rest is cut: a connector of others may nest without end.
constexpr int kMostCauses = 16;

std::string support_text(const st::Error& error, int causes = kMostCauses) {
  const st::ErrorDetails& details = error.details();
  std::string text = to_string(error.errc());
  // Of operations, only a marketplace's have a point in their name ("ozon.stock"): others are internal.
  const bool named =
      details.operation.find('.') != std::string::npos && details.operation.find(' ') == std::string::npos;
  if (named) text += ", " + details.operation;
  if (error.kind() == st::ErrorKind::protocol && !details.field.empty()) text += ", " + details.field;
  if (details.http_status != 0) text += ", HTTP " + std::to_string(details.http_status);
  if (!details.vendor_code.empty()) text += ", code " + details.vendor_code;
  if (!details.vendor_request_id.empty()) text += ", request " + details.vendor_request_id;
  if (details.cause) text += "; " + (causes > 0 ? support_text(*details.cause, causes - 1) : std::string("..."));
  return text;
}

// The marketplace's own wait is better advice than "later".
std::string with_wait(std::string next_step, const st::Error& error) {
  const auto wait = error.details().retry_after;
  if (!wait || wait->count() <= 0) return next_step;
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(*wait).count();
  for (const std::string_view vague : {"Try again later.", "Try again in a minute."}) {
    const std::size_t at = next_step.find(vague);
    if (at != std::string::npos) next_step.replace(at, vague.size(), "Try again in " + std::to_string(seconds) + " s.");
  }
  return next_step;
}

}  // namespace

FailureText failure_text(const st::Error& error) {
  const Sentences general = public_sentences(error.errc());
  std::string message = message_of(error);
  // What a marketplace writes is shown as its words, never as advice of this program.
  const int code = static_cast<int>(error.errc());
  const st::ErrorDetails& details = error.details();
  const bool foreign = (code >= 2'000 && code < 3'000) || details.http_status != 0 ||
                       (details.vendor != kSqlite && !(details.vendor.empty() && details.vendor_code.empty()));
  const std::string advice = foreign ? std::string() : take_advice(message);
  const bool own = mended_by_reader(error);
  const bool unset = error.errc() == st::Errc::tenant_unset;
  if (unset) message.clear();  // it speaks of calls and handles
  std::string reason = own && !message.empty() ? message : lower_first(general.what);
  if (!own && !message.empty()) reason += ": " + message;
  int causes = 0;
  for (const st::Error* cause = error.details().cause.get(); cause != nullptr; cause = cause->details().cause.get()) {
    const bool cut = ++causes > kMostCauses;
    const std::string why = cut ? std::string("...") : message_of(*cause);
    if (!why.empty()) reason += ": " + why;
    if (cut) break;
  }
  // The public text is for people who never see an option.
  const std::string next_step = unset ? std::string(kChooseTenant) : advice.empty() ? general.next_step : advice;
  return {shown(reason), shown(with_wait(next_step, error)),
          own ? std::string() : shown(" [" + support_text(error) + "]")};
}

std::string reason_of_code(std::string_view name) {
  const auto code = st::errc_named(name);
  return code ? lower_first(public_sentences(*code).what) : std::string(name);
}

std::string failure_line(const st::Error& error) {
  const FailureText text = failure_text(error);
  return text.reason + ". " + text.next_step + text.support;
}

}  // namespace server
