// Removes what a request carried from the texts of errors, in every encoding.
#include "marketplace/sent_secrets.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

#include <stocktracker/core/json_writer.hpp>
#include <stocktracker/http/url.hpp>

#include "core/ascii.hpp"
#include "marketplace/vendor_answers.hpp"

namespace stocktracker::inline v0 {
namespace {

constexpr std::size_t kShortest = 4;
constexpr std::size_t kMostSent = 32;
constexpr std::size_t kShortestUnsent = 16;  ///< a shorter part of credentials may be the number of a client or a shop
constexpr std::size_t kRun = 8;  ///< consecutive bytes of a secret that are hidden anywhere; the size of a Gram
constexpr std::string_view kHidden = "[hidden]";

/// As percent_encode, with small hexadecimal digits.
std::string percent_encode_small(std::string_view text) {
  std::string out = percent_encode(text);
  for (std::size_t at = out.find('%'); at != std::string::npos; at = out.find('%', at + 1)) {
    for (char& digit : std::span(out).subspan(at + 1, 2)) {
      if (digit >= 'A') digit = static_cast<char>(digit - 'A' + 'a');
    }
  }
  return out;
}

std::string json_escaped(std::string_view text) {
  std::string out;
  JsonWriter(out).string(text);
  return out.substr(1, out.size() - 2);
}

std::string slashes_escaped(std::string_view text) {
  std::string out;
  for (const char c : json_escaped(text)) out.append(c == '/' ? "\\" : "").push_back(c);
  return out;
}

/// The part of the base64 text that does not depend on the surrounding text; `before` bytes precede it in a group of
/// three.
std::string base64_within(std::string_view text, std::size_t before, std::string_view alphabet) {
  const std::string padded = std::string(before, '\0').append(text);
  std::string out;
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (const char c : padded) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    for (held += 8; held >= 6;) {
      held -= 6;
      out += alphabet[(bits >> held) & 0x3FU];
    }
  }
  return out.substr((before * 8 + 5) / 6);
}

void add_forms(std::vector<Secret>& forms, std::string_view text) {
  constexpr std::string_view kStandard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view kOfUrls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  if (text.size() < kShortest) return;
  const auto add = [&](std::string form) {
    const Secret fresh(std::move(form));
    const auto same = [&](const Secret& known) { return known.equals(fresh); };
    if (fresh.reveal().size() >= kShortest && std::none_of(forms.begin(), forms.end(), same))
      forms.push_back(fresh.clone());
  };
  add(std::string(text));
  add(percent_encode(text));
  add(percent_encode_small(text));
  add(json_escaped(text));
  add(slashes_escaped(text));
  for (std::size_t before = 0; before < 3; ++before) {
    add(base64_within(text, before, kStandard));
    add(base64_within(text, before, kOfUrls));
  }
}

/// The parts of a token between its dots. Short parts may be ordinary words.
void add_forms_of_parts(std::vector<Secret>& forms, std::string_view token) {
  while (!token.empty()) {
    const std::size_t end = std::min(token.find('.'), token.size());
    if (end >= kRun) add_forms(forms, token.substr(0, end));
    token.remove_prefix(std::min(token.size(), end + 1));
  }
}

std::vector<Secret> forms_of(std::string_view value) {
  std::vector<Secret> forms;
  add_forms(forms, value);
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(' '), value.size());
    add_forms(forms, value.substr(0, end));
    add_forms_of_parts(forms, value.substr(0, end));
    value.remove_prefix(std::min(value.size(), end + 1));
  }
  std::stable_sort(forms.begin(), forms.end(),
                   [](const Secret& a, const Secret& b) { return a.reveal().size() > b.reveal().size(); });
  return forms;
}

void hide(std::string& text, std::string_view form) {
  for (std::size_t at = text.find(form); at != std::string::npos; at = text.find(form, at + kHidden.size())) {
    text.replace(at, form.size(), kHidden);
  }
}

/// The beginning of a secret at the end of a text that was cut.
void hide_beginning(std::string& text, std::string_view form) {
  for (std::size_t length = std::min(form.size() - 1, text.size()); length >= kShortest; --length) {
    if (!text.ends_with(form.substr(0, length))) continue;
    text.replace(text.size() - length, length, kHidden);
    return;
  }
}

using Gram = std::uint64_t;  ///< kRun bytes, compared exactly

bool is_gap(char c) noexcept { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; }

/// Calls `take(gram, begin, end)` for every `kRun` consecutive bytes, in lower case and without gaps.
template <typename Take>
void each_gram(std::string_view text, Take take) {
  std::array<std::size_t, kRun> places{};
  Gram gram = 0;
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_gap(c)) continue;
    gram = (gram << 8U) | static_cast<unsigned char>(ascii_lower(c));
    places[count % kRun] = at;
    if (++count >= kRun) take(gram, places[count % kRun], at + 1);
  }
}

/// The parts of a text that come from secrets. The text is short and is the one that is indexed, so that no more copies
/// of a secret stay in memory, and a long secret is read only once.
class Runs {
 public:
  explicit Runs(std::string_view text) : text_(text) {
    each_gram(text, [&](Gram gram, std::size_t, std::size_t) { grams_.push_back(gram); });
    std::sort(grams_.begin(), grams_.end());
    grams_.erase(std::unique(grams_.begin(), grams_.end()), grams_.end());
    secret_.resize(grams_.size());
  }
  void find(std::string_view form) {
    each_gram(form, [&](Gram gram, std::size_t, std::size_t) {
      const std::size_t at = place_of(gram);
      if (at < grams_.size() && grams_[at] == gram) secret_[at] = true;
    });
  }
  [[nodiscard]] std::string hidden() const {
    std::string out;
    std::size_t written = 0;  // the text before it is in `out`, or hidden
    each_gram(text_, [&](Gram gram, std::size_t begin, std::size_t end) {
      if (!secret_[place_of(gram)]) return;
      if (begin > written || written == 0) out.append(text_.substr(written, begin - written)).append(kHidden);
      written = end;
    });
    return out.append(text_.substr(written));
  }

 private:
  [[nodiscard]] std::size_t place_of(Gram gram) const {
    return static_cast<std::size_t>(std::lower_bound(grams_.begin(), grams_.end(), gram) - grams_.begin());
  }

  std::string_view text_;
  std::vector<Gram> grams_;
  std::vector<bool> secret_;
};

}  // namespace

void SentSecrets::note(const HttpRequest& request) {
  const std::lock_guard lock(mutex_);
  for (const SecretHeader& header : request.secret_headers) {
    remember(header.value, sent_);
    if (sent_.size() > kMostSent) sent_.pop_front();
  }
}

void SentSecrets::remember(const Secret& value, std::deque<Sent>& into) {
  const auto same = [&](const Sent& sent) { return sent.value.equals(value); };
  if (std::any_of(into.begin(), into.end(), same)) return;
  into.push_back({value.clone(), forms_of(value.reveal())});
}

std::vector<const Secret*> SentSecrets::forms() const {
  std::vector<const Secret*> all;
  for (const std::deque<Sent>* some : {&credentials_, &sent_}) {
    for (const Sent& sent : *some) {
      for (const Secret& form : sent.forms) all.push_back(&form);
    }
  }
  return all;
}

void SentSecrets::note(const Credentials& credentials) {
  const std::lock_guard lock(mutex_);
  for (const CredentialPart& part : credentials.parts) {
    const std::string_view text = part.value.reveal();
    // Parts of an address or of an e-mail stand in many texts that are no secret.
    if (text.size() < kShortestUnsent || text.find("://") != text.npos || text.find('@') != text.npos) continue;
    remember(part.value, credentials_);
  }
}

std::string SentSecrets::hidden_in(std::string text) const {
  const bool cut = text.size() + kLongestCharacter > kShownBytes;
  const std::lock_guard lock(mutex_);
  // First, while connected pieces are still connected; pieces shorter than a run are left for the other steps.
  Runs runs(text);
  const std::vector<const Secret*> all = forms();
  for (const Secret* form : all) runs.find(form->reveal());
  std::string clean = runs.hidden();
  for (const Secret* form : all) hide(clean, form->reveal());
  if (!cut) return clean;
  for (const Secret* form : all) hide_beginning(clean, form->reveal());
  return clean;
}

Error SentSecrets::cleaned(const Error& error) const {
  ErrorDetails details = error.details();
  const bool of_vendor = details.http_status != 0 || !details.vendor.empty();
  const auto clean = [this](std::string& text, bool cut) {
    text = visible(hidden_in(std::move(text)));
    if (cut) text = shown(text);
  };
  clean(details.message, of_vendor);
  clean(details.field, false);
  clean(details.vendor_code, true);
  clean(details.vendor_request_id, true);
  if (details.cause) details.cause = std::make_shared<const Error>(cleaned(*details.cause));
  return {static_cast<Errc>(error.errc()), std::move(details)};
}

}  // namespace stocktracker::inline v0
