// SentSecrets: every form in which a secret may come back.
#include "marketplace/sent_secrets.hpp"

#include "marketplace/vendor_answers.hpp"
#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

st::HttpRequest sending(std::initializer_list<std::string> values) {
  st::HttpRequest request;
  for (const std::string& value : values) request.secret_headers.push_back({"X-Key", st::Secret::copy_of(value)});
  return request;
}

}  // namespace

TEST_CASE("a secret is hidden in every form in which a vendor may repeat it") {
  st::SentSecrets secrets;
  secrets.note(sending({"Bearer s3cr/t+\"ключ", "abc"}));
  CHECK(secrets.hidden_in("got Bearer s3cr/t+\"ключ.") == "got [hidden].");
  CHECK(secrets.hidden_in("got s3cr/t+\"ключ.") == "got [hidden].");
  CHECK(secrets.hidden_in("?key=s3cr%2Ft%2B%22%D0%BA%D0%BB%D1%8E%D1%87&x") == "?key=[hidden]&x");
  CHECK(secrets.hidden_in("?key=s3cr%2ft%2b%22%d0%ba%d0%bb%d1%8e%d1%87&x") == "?key=[hidden]&x");
  CHECK(secrets.hidden_in(R"({"key":"s3cr/t+\"ключ"})") == R"({"key":"[hidden]"})");
  CHECK(secrets.hidden_in(R"({"key":"s3cr\/t+\"ключ"})") == R"({"key":"[hidden]"})");
  // base64 of it alone, and within longer texts at each place of a group of three
  for (const char* base64 : {"czNjci90KyLQutC70Y7Rhw==", "eHMzY3IvdCsi0LrQu9GO0Yd5",
                             "eHhzM2NyL3QrItC60LvRjtGHeQ==", "eHh4czNjci90KyLQutC70Y7Rh3k="}) {
    const std::string clean = secrets.hidden_in(base64);
    CAPTURE(base64, clean);
    CHECK(clean.find("[hidden]") != std::string::npos);
    CHECK(clean.size() <= std::string("[hidden]").size() + 8);
  }
  CHECK(secrets.hidden_in("abc is too short to be searched") == "abc is too short to be searched");
  CHECK(secrets.hidden_in("Bearer of news") == "[hidden] of news");
}

// What stands in each group of four, so that no eight characters in a row are also of the other alphabet.
TEST_CASE("both alphabets of base64 are known") {
  st::SentSecrets secrets;
  secrets.note(sending({"Bearer ~~~~~~~~~~~~"}));
  CHECK(secrets.hidden_in("standard fn5+fn5+fn5+fn5+.") == "standard [hidden].");
  CHECK(secrets.hidden_in("of URLs fn5-fn5-fn5-fn5-.") == "of URLs [hidden].");
  CHECK(secrets.hidden_in("within: 5-fn5-fn5-fn5-f.") == "within: [hidden].");
}

TEST_CASE("the beginning of a token's part is hidden where a cut took the rest of it") {
  st::SentSecrets secrets;
  const std::string part = "Qm9ndXNTaWduYXR1cmU";
  secrets.note(sending({"Bearer eyJhbGciOiJFUzI1NiJ9." + part + ".c2lnbmF0dXJlb2Zjbw"}));
  for (std::size_t before = 280; before < 300; ++before) {
    const std::string words = st::shown(std::string(before, 'x') + part);
    const std::string clean = secrets.hidden_in(words);
    CAPTURE(before, clean);
    CHECK(clean.find("Qm9n") == std::string::npos);
  }
}

TEST_CASE("a short secret is hidden from four bytes on, as it is and at the end of what was cut") {
  st::SentSecrets secrets;
  secrets.note(sending({"pin4", "pin"}));
  CHECK(secrets.hidden_in("got pin4.") == "got [hidden].");
  CHECK(secrets.hidden_in("got pin.") == "got pin.");
  // The longer one first: nothing of it is left behind the shorter one that it begins with.
  secrets.note(sending({"code x"}));
  CHECK(secrets.hidden_in("got code x.") == "got [hidden].");
  secrets.note(sending({"canary-long"}));
  CHECK(secrets.hidden_in(std::string(296, 'x') + "cana") == std::string(296, 'x') + "[hidden]");
  // What was cut may be up to three bytes shorter than the limit: the cut is at a character's border.
  CHECK(secrets.hidden_in(std::string(293, 'x') + "cana") == std::string(293, 'x') + "[hidden]");
  CHECK(secrets.hidden_in(std::string(292, 'x') + "cana") == std::string(292, 'x') + "cana");
}

TEST_CASE("a secret that a cut went through is hidden too") {
  st::SentSecrets secrets;
  const std::string key = "canary-0123456789";
  secrets.note(sending({key}));
  for (std::size_t before = 280; before < 300; ++before) {
    const std::string words = st::shown(std::string(before, 'x') + key);
    const std::string clean = secrets.hidden_in(words);
    CAPTURE(before, clean);
    CHECK(clean.find("cana") == std::string::npos);
  }
  CHECK(secrets.hidden_in("short text with cana") == "short text with cana");  // nothing was cut there
}

TEST_CASE("a piece of a secret is hidden wherever it stands, wrapped and in other letters too") {
  st::SentSecrets secrets;
  const std::string token = "eyJhbGciOiJFUzI1NiJ9.eyJzaWQiOiJjYW5hcnktMDEyMyJ9.Qm9ndXNTaWduYXR1cmVPZlRoZUNhbmFyeQ";
  secrets.note(sending({"Bearer " + token}));
  CHECK(secrets.hidden_in("token " + token.substr(0, 53) + "... is malformed") == "token [hidden]... is malformed");
  CHECK(secrets.hidden_in("ends with " + token.substr(token.size() - 8) + ".") == "ends with [hidden].");
  CHECK(secrets.hidden_in(token.substr(30, 8) + " and " + token.substr(5, 9)) == "[hidden] and [hidden]");
  CHECK(secrets.hidden_in("signature " + token.substr(token.rfind('.') + 1)) == "signature [hidden]");
  std::string upper = token;
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  CHECK(secrets.hidden_in("key " + upper + " is unknown") == "key [hidden] is unknown");
  for (const char* gap : {" ", "\n", "\r\n  ", "\t", "\x7f"}) {
    for (const std::size_t width : {1U, 5U, 20U}) {
      std::string wrapped;
      for (std::size_t at = 0; at < token.size(); at += width) wrapped.append(token.substr(at, width)).append(gap);
      CAPTURE(wrapped);
      CHECK(secrets.hidden_in("got: " + wrapped + "!") == "got: [hidden]" + std::string(gap) + "!");
    }
  }
  // Seven bytes that are also in the secret, and words of the trade, are no piece of it.
  CHECK(secrets.hidden_in("xx" + token.substr(0, 7) + "xx") == "xx" + token.substr(0, 7) + "xx");
  const std::string words = "Authorization failed: the bearer of this token has no access to the category of prices";
  CHECK(secrets.hidden_in(words) == words);
}

TEST_CASE("pieces of a secret in the code and the request id of a refusal are hidden") {
  st::SentSecrets secrets;
  const std::string key = "canary-0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ-abcdefghijklmnop";
  secrets.note(sending({key}));
  st::ErrorDetails details;
  details.vendor = "stall";
  details.message = "key " + key.substr(9, 30) + " is unknown";
  details.vendor_code = "bad " + key.substr(3, 20);
  details.vendor_request_id = key.substr(0, 40);
  const st::Error clean = secrets.cleaned(st::Error(st::Errc::vendor_forbidden, details));
  CHECK(clean.details().message == "key [hidden] is unknown");
  CHECK(clean.details().vendor_code == "bad [hidden]");
  CHECK(clean.details().vendor_request_id == "[hidden]");
}

TEST_CASE("a secret of many KiB and a text of many KiB are searched in a moment") {
  st::SentSecrets secrets;
  std::string key;
  for (int n = 0; key.size() < 16 * 1024; ++n) key += std::to_string(n * 7919) + "/";
  secrets.note(sending({key, std::string(16 * 1024, 'w')}));
  const std::string clean = secrets.hidden_in(std::string(8000, 'w') + " and " + key.substr(5000, 4000) + " end");
  CHECK(clean == "[hidden] and [hidden] end");
}

TEST_CASE("an error keeps what it says, in every field without secrets and controls, its causes too") {
  st::SentSecrets secrets;
  secrets.note(sending({"canary-0123456789"}));
  st::ErrorDetails inner;
  inner.message = "within: canary-0123456789";
  st::ErrorDetails details;
  details.message =
      "refused canary-0123456789 \x1b]0;x\x07 \xC2\x9B"
      "31m " +
      std::string(400, 'w');
  details.vendor = "stall";
  details.vendor_code = "canary-0123456789";
  details.vendor_request_id = "id \xE2\x80\xAE canary-0123456789";
  details.field = "canary-0123456789";
  details.operation = "stall.list";
  details.http_status = 403;
  details.retryable = true;
  details.cause = std::make_shared<const st::Error>(st::Errc::vendor_rejected, inner);
  const st::Error clean = secrets.cleaned(st::Error(st::Errc::vendor_forbidden, details));
  CHECK(clean.errc() == st::Errc::vendor_forbidden);
  CHECK(clean.details().http_status == 403);
  CHECK(clean.details().retryable);
  CHECK(clean.details().operation == "stall.list");
  CHECK(clean.details().vendor_code == "[hidden]");
  CHECK(clean.details().vendor_request_id == "id   [hidden]");
  CHECK(clean.message().size() <= st::kShownBytes);
  CHECK(clean.message().find("refused [hidden]  ]0;x ") == 0);
  for (const std::string& text : {clean.text(), clean.to_json()}) {
    CAPTURE(text);
    CHECK(text.find("canary") == std::string::npos);
    CHECK(text.find('\x1b') == std::string::npos);
    CHECK(text.find("\xC2\x9B") == std::string::npos);
  }
}

TEST_CASE("the words of an answer are cut, whether or not their vendor is known; ours are not") {
  const st::SentSecrets secrets;
  const std::string words(400, 'w');
  st::ErrorDetails details;
  details.message = words;
  CHECK(secrets.cleaned(st::Error(st::Errc::vendor_forbidden, details)).message() == words);
  details.http_status = 403;
  CHECK(secrets.cleaned(st::Error(st::Errc::vendor_forbidden, details)).message() == words.substr(0, 300));
  details.http_status = 0;
  details.vendor = "stall";
  CHECK(secrets.cleaned(st::Error(st::Errc::vendor_forbidden, details)).message() == words.substr(0, 300));
}

TEST_CASE("the latest secrets are remembered, however many there were") {
  st::SentSecrets secrets;
  for (int i = 0; i < 100; ++i) secrets.note(sending({"key-number-" + std::to_string(i)}));
  CHECK(secrets.hidden_in("key-number-99") == "[hidden]");
  // Thirty-two of them: those of all accounts' parts in one run.
  CHECK(secrets.hidden_in("key-number-68") == "[hidden]");
}

TEST_CASE("secrets of one length are distinguished, and one that is sent again pushes none out") {
  st::SentSecrets secrets;
  secrets.note(sending({"first-canary", "other-secret"}));
  for (int i = 0; i < 100; ++i) secrets.note(sending({"other-secret"}));
  CHECK(secrets.hidden_in("first-canary and other-secret") == "[hidden] and [hidden]");
}
