// Checks and reads answers, for all connectors.
#include "marketplace/vendor_answers.hpp"

#include <algorithm>
#include <array>

#include <stocktracker/core/time_text.hpp>
#include <stocktracker/http/rate_headers.hpp>

#include "json/lenient.hpp"

namespace stocktracker::inline v0 {
namespace {

/// The meaning of a status, unless the vendor's table says otherwise.
constexpr std::array kMeanings{
    StatusMeaning{401, Errc::vendor_unauthorized, false}, StatusMeaning{402, Errc::vendor_payment_required, false},
    StatusMeaning{403, Errc::vendor_forbidden, false},    StatusMeaning{404, Errc::vendor_method_gone, false},
    StatusMeaning{410, Errc::vendor_method_gone, false},  StatusMeaning{429, Errc::vendor_throttled, true},
};

StatusMeaning meaning_of(const VendorErrors& vendor, int status) noexcept {
  const auto of = [status](const StatusMeaning& one) { return one.status == status; };
  if (const auto own = std::find_if(vendor.meanings.begin(), vendor.meanings.end(), of); own != vendor.meanings.end())
    return *own;
  if (const auto any = std::find_if(kMeanings.begin(), kMeanings.end(), of); any != kMeanings.end()) return *any;
  if (status >= 500) return {status, Errc::vendor_unavailable, true};
  if (status >= 400) return {status, Errc::vendor_rejected, false};
  return {status, Errc::vendor_schema, false};  // a redirect, or a success that no method documents
}

/// Text and code of a refusal, in the forms that vendors use: members beside each other, one object in `error`, a list
/// in `errors`, or a list at the top.
class Refusal {
 public:
  explicit Refusal(ErrorDetails& details) : details_(details) {}

  void read(const json::Value& value) {
    if (const auto text = value.text()) return say(*text);
    if (value.is_array()) {
      (void)value.each([this](json::Value item) -> Result<void> {
        read(item);
        return success();
      });
      return;
    }
    for (const char* name : {"title", "detail", "message", "errorText"}) {
      if (const auto text = value[name].text()) say(*text);
    }
    const auto set = [&](std::string& into, std::string_view name) {
      if (into.empty()) into = shown(json::identity(value[name]).value_or(""));
    };
    set(details_.vendor_code, "code");
    set(details_.vendor_request_id, "requestId");
    for (const char* name : {"error", "errors"}) {
      if (value[name].exists()) read(value[name]);
    }
  }
  [[nodiscard]] std::string words() const { return shown(words_); }

 private:
  void say(std::string_view text) {
    if (text.empty() || words_.find(text) != std::string::npos) return;
    words_.append(words_.empty() ? "" : ": ").append(text);
  }

  ErrorDetails& details_;
  std::string words_;
};

/// A wait that is only given in text ("Retry after 120 seconds").
std::optional<Duration> wait_in(std::string_view message) {
  constexpr std::string_view kBefore = "Retry after ";
  const std::size_t at = message.find(kBefore);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = message.substr(at + kBefore.size());
  std::int64_t seconds = 0;
  std::size_t digits = 0;
  for (; digits < rest.size() && digits < 7 && rest[digits] >= '0' && rest[digits] <= '9'; ++digits) {
    seconds = seconds * 10 + (rest[digits] - '0');
  }
  if (digits == 0 || seconds == 0 || std::chrono::seconds(seconds) > RateHeaders::kMostStatedWait ||
      !rest.substr(digits).starts_with(" second"))
    return std::nullopt;
  return std::chrono::seconds(seconds);
}

}  // namespace

Result<void> check_response(const VendorErrors& vendor, const HttpRequest& request, const HttpResponse& response,
                            Instant now) {
  const bool data = vendor.successes.empty() ? response.status == 200
                                             : std::find(vendor.successes.begin(), vendor.successes.end(),
                                                         response.status) != vendor.successes.end();
  if (data) return success();
  const StatusMeaning meaning = meaning_of(vendor, response.status);
  ErrorDetails details;
  details.vendor = vendor.vendor;
  details.operation = request.operation;
  details.http_status = response.status;
  details.retryable = meaning.retryable;
  if (response.attempts > 1) details.attempts = response.attempts;
  if (response.status >= 400) {
    if (const auto document = json::Document::parse(response.body)) {
      Refusal refusal(details);
      refusal.read(document.value().root());
      details.message = refusal.words();
    } else {
      details.message = shown(response.body);
    }
  }
  if (details.message.find_first_not_of(' ') == std::string::npos) {
    details.message = "HTTP " + std::to_string(response.status);
    details.message += details.vendor_code.empty() ? " without words" : ": " + details.vendor_code;
  }
  if (details.vendor_request_id.empty() && !vendor.request_id_header.empty()) {
    details.vendor_request_id = shown(response.header(vendor.request_id_header).value_or(""));
  }
  if (meaning.code == Errc::vendor_throttled || meaning.code == Errc::vendor_unavailable) {
    details.retry_after = rate_headers(response, now).wait();
    if (!details.retry_after) details.retry_after = wait_in(details.message);
  }
  return Error(meaning.code, std::move(details));
}

std::optional<Instant> vendor_time(const HttpResponse& response) {
  const auto text = response.header("Date");
  if (!text) return std::nullopt;
  const auto at = parse_http_date(*text);
  return at ? std::optional(at.value()) : std::nullopt;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kRead = kShownBytes * kLongestCharacter;  // only the beginning of a page of megabytes is read
  std::string words = visible(text.substr(0, kRead));
  if (words.size() <= kShownBytes) return words;
  std::size_t end = kShownBytes;
  while ((static_cast<unsigned char>(words[end]) & 0xC0U) == 0x80U) --end;
  words.resize(end);
  return words;
}

Error row_error(std::string_view member, std::string_view what) {
  return Error(Errc::vendor_schema, std::string(member) + " " + std::string(what)).about(member);
}

Result<std::size_t> each_row(const json::Value& holder, std::string_view path, AnswerSink& sink,
                             FunctionRef<std::string(json::Value)> key, FunctionRef<Result<void>(json::Value)> row) {
  std::size_t at = 0;
  const auto take = [&](json::Value item) -> Result<void> {
    const std::size_t number = at++;
    Result<void> taken = item.is_object() ? row(item) : Result<void>(row_error("a row", "is not an object"));
    if (taken || taken.error().errc() != Errc::vendor_schema) return taken;
    const std::string place = std::string(path) + "[" + std::to_string(number) + "]";
    const std::string subject = key(item);
    sink.odd_row({RowOddity::unreadable, taken.error().message(), place, subject});
    return success();
  };
  STK_TRY(json::each_of_list(holder, path, take));
  return at;
}

}  // namespace stocktracker::inline v0
