// The suite of Crypto: published vectors, and what must be refused.
#include <stocktracker/testing/crypto_contract.hpp>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

#include "core/base64url.hpp"
#include "testing/contracts/crypto_vectors.hpp"

namespace stocktracker::inline v0::testing {
namespace {

using namespace crypto_vectors;

std::string bytes(std::string_view hex) {
  const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
  std::string out;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) out += static_cast<char>(digit(hex[i]) << 4 | digit(hex[i + 1]));
  return out;
}
Secret secret(std::string_view hex) { return Secret(bytes(hex)); }
std::string of_url(std::string_view text) { return from_base64url(text).value_or(""); }

/// The text with the lowest bit of one of its bytes changed.
std::string changed(std::string text, std::size_t at) {
  text[at] = static_cast<char>(text[at] ^ 1);
  return text;
}

void expect_digest(Check& check, const Result<Digest>& got, std::string_view hex, std::string_view what) {
  if (check.expect_ok(got, what)) check.expect(got.value().hex() == hex, what);
}

void digests(const Crypto& crypto, Check& check) {
  check.begin("digests are those of FIPS 180-4");
  for (const DigestVector& vector : kDigests) {
    expect_digest(check, crypto.digest(vector.algorithm, vector.text), vector.digest, to_string(vector.algorithm));
  }
  check.begin("a digest matches its own bytes alone");
  const auto abc = crypto.digest(HashAlgorithm::sha256, "abc");
  if (!check.expect_ok(abc, "a digest")) return;
  const std::string own(abc.value().bytes());
  check.expect(abc.value().matches(own), "the same bytes");
  check.expect(!abc.value().matches(own.substr(1)), "fewer bytes");
  check.expect(!abc.value().matches(own + '\0'), "more bytes");
  for (std::size_t at = 0; at < own.size(); ++at) check.expect(!abc.value().matches(changed(own, at)), "a changed bit");
}

void codes(const Crypto& crypto, Check& check) {
  check.begin("authentication codes are those of RFC 2202 and RFC 4231, in any parts");
  for (const MacVector& vector : kMacs) {
    const auto key = crypto.mac_key(vector.algorithm, secret(vector.key));
    if (!check.expect_ok(key, "a key")) continue;
    const std::string text = bytes(vector.text);
    expect_digest(check, key.value()->code(text), vector.code, to_string(vector.algorithm));
    const std::string_view parts[] = {std::string_view(text).substr(0, 3), "", std::string_view(text).substr(3)};
    expect_digest(check, key.value()->code(parts), vector.code, "in three parts");
    expect_digest(check, key.value()->code(text), vector.code, "a second time");
  }
  check.expect_error(crypto.mac_key(HashAlgorithm::sha256, Secret()), Errc::invalid_argument, "an empty key");
  check.expect_error(crypto.mac_key(HashAlgorithm::sha256, Secret(std::string(1'025, 'k'))), Errc::invalid_argument,
                     "a key of 1,025 bytes");

  check.begin("several threads use one key at once");
  const MacVector& vector = kMacs[1];
  const auto key = crypto.mac_key(vector.algorithm, secret(vector.key));
  if (!check.expect_ok(key, "a key")) return;
  std::atomic<int> wrong{0};
  std::vector<std::jthread> threads;
  for (int n = 0; n < 4; ++n) {
    threads.emplace_back([&] {
      const std::string text = bytes(vector.text);
      for (int i = 0; i < 500; ++i) {
        const auto code = key.value()->code(text);
        if (!code || code.value().hex() != vector.code) ++wrong;
      }
    });
  }
  threads.clear();
  check.expect(wrong == 0, "each gets the right code each time");
}

std::shared_ptr<const VerifyingKey> public_key(const Crypto& crypto, Check& check, const SignatureVector& vector) {
  const PublicKeyNumbers numbers{vector.algorithm, of_url(vector.modulus), of_url(vector.exponent), of_url(vector.x),
                                 of_url(vector.y)};
  const auto key = crypto.verifying_key(numbers);
  if (!check.expect_ok(key, to_string(vector.algorithm))) return nullptr;
  const auto again = key.value()->numbers();
  check.expect(again && again.value().modulus == numbers.modulus && again.value().exponent == numbers.exponent &&
                   again.value().x == numbers.x && again.value().y == numbers.y,
               "a key has the numbers that it was made of");
  return key.value();
}

void expect_refused(Check& check, const VerifyingKey& key, std::string_view text, std::string_view signature,
                    std::string_view what) {
  const auto verified = key.verify(text, signature);
  if (check.expect_ok(verified, what)) check.expect(!verified.value(), what);
}

void published_signatures(const Crypto& crypto, Check& check) {
  check.begin("signatures of RFC 7515 and RFC 8032 are verified, and nothing else");
  for (const SignatureVector& vector : kSignatures) {
    const auto key = public_key(crypto, check, vector);
    if (!key) continue;
    const std::string signature = of_url(vector.signature);
    const std::string text(vector.text);
    const auto verified = key->verify(text, signature);
    check.expect(verified && verified.value(), to_string(vector.algorithm));
    for (std::size_t at = 0; at < signature.size(); at += 7) {
      expect_refused(check, *key, text, changed(signature, at), "a changed bit of the signature");
    }
    expect_refused(check, *key, text + " ", signature, "another text");
    expect_refused(check, *key, text, "", "an empty signature");
    expect_refused(check, *key, text, signature + '\0', "a longer signature");
    expect_refused(check, *key, text, signature.substr(1), "a shorter signature");
    expect_refused(check, *key, text, std::string(signature.size(), '\0'), "a signature of zeros");
  }
}

void own_signatures(const Crypto& crypto, Check& check) {
  constexpr std::array kAll{SignatureAlgorithm::rs256, SignatureAlgorithm::es256, SignatureAlgorithm::ed25519};
  for (const SignatureAlgorithm algorithm : kAll) {
    check.begin(std::string("keys are made, written, read and used: ") + to_string(algorithm));
    const auto made = crypto.make_signing_key(algorithm);
    const auto other = crypto.make_signing_key(algorithm);
    if (!check.expect_ok(made, "a key") || !check.expect_ok(other, "another key")) continue;
    const auto pem = made.value()->pem();
    if (!check.expect_ok(pem, "its text")) continue;
    const auto read = crypto.signing_key(algorithm, pem.value());
    if (!check.expect_ok(read, "the key of the text")) continue;
    const auto signature = read.value()->sign("text");
    const auto own = made.value()->verifying_key();
    const auto foreign = other.value()->verifying_key();
    if (!check.expect_ok(signature, "a signature") || !check.expect_ok(own, "its public key") ||
        !check.expect_ok(foreign, "the other's")) {
      continue;
    }
    const auto verified = own.value()->verify("text", signature.value());
    check.expect(verified && verified.value(), "the key's own signature");
    expect_refused(check, *foreign.value(), "text", signature.value(), "another key's signature");
    for (const SignatureAlgorithm wrong : kAll) {
      if (wrong == algorithm) continue;
      const auto refused = crypto.signing_key(wrong, pem.value());
      check.expect_error(refused, Errc::key_malformed, std::string("as a key of ") + to_string(wrong));
    }
  }
}

void refused_keys(const Crypto& crypto, Check& check) {
  check.begin("what is no key is refused, and not shown");
  for (const std::string_view text :
       {"", "no key", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"}) {
    const auto read = crypto.signing_key(SignatureAlgorithm::rs256, Secret::copy_of(text));
    check.expect_error(read, Errc::key_malformed, "as a private key");
    if (!read) check.expect(read.error().to_json().find("c2VjcmV0") == std::string::npos, "the error shows no key");
    check.expect_error(crypto.verifying_key(SignatureAlgorithm::rs256, text), Errc::key_malformed, "as a public key");
  }
  // A reader of PEM alone takes both, and anybody can sign for the first.
  check.expect_error(crypto.verifying_key(SignatureAlgorithm::rs256, kExponentOfOne), Errc::key_malformed,
                     "an RSA key with an exponent of 1");
  check.expect_error(crypto.verifying_key(SignatureAlgorithm::rs256, kLongExponent), Errc::key_malformed,
                     "an RSA key with an exponent of 251 bytes");
  check.expect_error(crypto.signing_key(SignatureAlgorithm::rs256, Secret(std::string(16'385, 'x'))),
                     Errc::key_malformed, "a text of more than 16 KiB");
  check.expect_error(crypto.make_signing_key(SignatureAlgorithm::rs256, 1'024), Errc::invalid_argument, "1,024 bits");

  PublicKeyNumbers beside{SignatureAlgorithm::es256, "", "", std::string(32, '\1'), std::string(32, '\2')};
  check.expect_error(crypto.verifying_key(beside), Errc::key_malformed, "a point beside the curve");
  beside.x = std::string(31, '\1');
  check.expect_error(crypto.verifying_key(beside), Errc::key_malformed, "a number of 31 bytes");
  const PublicKeyNumbers weak{SignatureAlgorithm::rs256, std::string(128, '\xFB'), std::string("\1\0\1", 3), "", ""};
  check.expect_error(crypto.verifying_key(weak), Errc::key_malformed, "an RSA key of 1,024 bits");
  const PublicKeyNumbers none{SignatureAlgorithm::rs256, "", "", "", ""};
  check.expect_error(crypto.verifying_key(none), Errc::key_malformed, "no numbers");

  // Anybody can sign for them. https://eprint.iacr.org/2020/1244, table 3.
  for (const std::string_view point : kSmallOrder) {
    PublicKeyNumbers small{SignatureAlgorithm::ed25519, "", "", bytes(point), ""};
    check.expect_error(crypto.verifying_key(small), Errc::key_malformed, point);
    small.x.back() = static_cast<char>(small.x.back() | 0x80);
    check.expect_error(crypto.verifying_key(small), Errc::key_malformed, std::string(point) + " with the other sign");
  }
  check.expect_error(crypto.verifying_key(SignatureAlgorithm::ed25519, kSmallOrderPem), Errc::key_malformed,
                     "a point of small order in PEM");
}

void agreements(const Crypto& crypto, Check& check) {
  check.begin("shared secrets are those of RFC 5903 and RFC 7748");
  for (const AgreementVector& vector : kAgreements) {
    const auto shared = crypto.agree(vector.algorithm, secret(vector.private_key), bytes(vector.peer));
    if (check.expect_ok(shared, to_string(vector.algorithm))) {
      check.expect(shared.value().equals(secret(vector.shared)), to_string(vector.algorithm));
    }
  }
  for (const AgreementAlgorithm algorithm : {AgreementAlgorithm::p256, AgreementAlgorithm::x25519}) {
    check.begin(std::string("two sides agree, a third does not: ") + to_string(algorithm));
    const auto a = crypto.make_agreement_key(algorithm);
    const auto b = crypto.make_agreement_key(algorithm);
    const auto c = crypto.make_agreement_key(algorithm);
    if (!check.expect_ok(a, "a key") || !check.expect_ok(b, "a key") || !check.expect_ok(c, "a key")) continue;
    const auto here = crypto.agree(algorithm, a.value().private_key, b.value().public_key);
    const auto there = crypto.agree(algorithm, b.value().private_key, a.value().public_key);
    const auto third = crypto.agree(algorithm, c.value().private_key, a.value().public_key);
    if (!check.expect_ok(here, "here") || !check.expect_ok(there, "there") || !check.expect_ok(third, "a third"))
      continue;
    check.expect(here.value().equals(there.value()), "both have one secret");
    check.expect(!here.value().equals(third.value()), "the third has another");
    const std::string zeros(a.value().public_key.size(), '\0');
    check.expect_error(crypto.agree(algorithm, a.value().private_key, zeros), Errc::key_malformed, "a point of zeros");
    check.expect_error(crypto.agree(algorithm, a.value().private_key, zeros.substr(1)), Errc::key_malformed,
                       "a point that is too short");
    check.expect_error(crypto.agree(algorithm, Secret("short"), b.value().public_key), Errc::invalid_argument,
                       "a private key of five bytes");
  }
  std::string beside = "\x04" + std::string(64, '\1');
  const auto own = crypto.make_agreement_key(AgreementAlgorithm::p256);
  if (check.expect_ok(own, "a key")) {
    check.expect_error(crypto.agree(AgreementAlgorithm::p256, own.value().private_key, beside), Errc::key_malformed,
                       "a point beside the curve");
  }

  check.begin("keys are derived as in RFC 5869");
  const auto derived = crypto.derive(HashAlgorithm::sha256, secret(kHkdf.key), bytes(kHkdf.salt), bytes(kHkdf.info),
                                     kHkdf.derived.size() / 2);
  if (check.expect_ok(derived, "a key")) check.expect(derived.value().equals(secret(kHkdf.derived)), "its bytes");
  check.expect_ok(crypto.derive(HashAlgorithm::sha512, secret(kHkdf.key), "", "", 64), "without salt and info");
  check.expect_ok(crypto.derive(HashAlgorithm::sha256, secret(kHkdf.key), "", "", 8'160), "255 times the digest");
  check.expect_error(crypto.derive(HashAlgorithm::sha256, secret(kHkdf.key), "", "", 8'161), Errc::invalid_argument,
                     "more than that");
  check.expect_error(crypto.derive(HashAlgorithm::sha256, secret(kHkdf.key), "", std::string(1'025, 'i'), 32),
                     Errc::invalid_argument, "a long info");
  check.expect_error(crypto.derive(HashAlgorithm::sha256, secret(kHkdf.key), "", "", 0), Errc::invalid_argument,
                     "no bytes");
}

void sealing(const Crypto& crypto, Check& check) {
  for (const AeadVector& vector : kAead) {
    check.begin(
        std::string("sealed bytes are the published ones, and open under their own key, nonce and data alone: ") +
        to_string(vector.algorithm));
    const Secret key = secret(vector.key);
    const std::string nonce = bytes(vector.nonce);
    const std::string associated = bytes(vector.associated);
    const std::string text = bytes(vector.text);
    const std::string sealed = bytes(vector.sealed);
    const auto own = crypto.seal(vector.algorithm, key, nonce, associated, text);
    if (check.expect_ok(own, "sealing")) check.expect(own.value() == sealed, "the sealed bytes");
    const auto opened = crypto.open(vector.algorithm, key, nonce, associated, sealed);
    if (check.expect_ok(opened, "opening")) check.expect(opened.value().reveal() == text, "the text");

    const auto refused = [&](const Secret& k, std::string_view n, std::string_view a, std::string_view s,
                             std::string_view what) {
      check.expect_error(crypto.open(vector.algorithm, k, n, a, s), Errc::seal_broken, what);
    };
    for (std::size_t at = 0; at < sealed.size(); at += 5) {
      refused(key, nonce, associated, changed(sealed, at), "a changed bit");
    }
    refused(Secret(changed(bytes(vector.key), 0)), nonce, associated, sealed, "another key");
    refused(key, changed(nonce, 0), associated, sealed, "another nonce");
    refused(key, nonce, associated + "x", sealed, "other associated data");
    refused(key, nonce, associated, std::string_view(sealed).substr(0, sealed.size() - 1), "a shorter text");
    refused(key, nonce, associated, "", "nothing");
    check.expect_error(crypto.seal(vector.algorithm, Secret("short"), nonce, associated, text), Errc::invalid_argument,
                       "a key of five bytes");
    check.expect_error(crypto.seal(vector.algorithm, key, "short", associated, text), Errc::invalid_argument,
                       "a nonce of five bytes");
    const auto empty = crypto.seal(vector.algorithm, key, nonce, "", "");
    if (check.expect_ok(empty, "an empty text")) {
      check.expect_ok(crypto.open(vector.algorithm, key, nonce, "", empty.value()), "opens again");
    }
  }
}

void randomness(const Crypto& crypto, Check& check) {
  check.begin("random bytes have the size that is asked for, and do not repeat");
  const auto a = crypto.random(32);
  const auto b = crypto.random(32);
  if (check.expect_ok(a, "32 bytes") && check.expect_ok(b, "32 more")) {
    check.expect(a.value().reveal().size() == 32, "their size");
    check.expect(!a.value().equals(b.value()), "they differ");
  }
  check.expect_ok(crypto.random(std::size_t{64} << 10), "64 KiB");
  check.expect_error(crypto.random(0), Errc::invalid_argument, "no bytes");
  check.expect_error(crypto.random((std::size_t{64} << 10) + 1), Errc::invalid_argument, "more than 64 KiB");
}

}  // namespace

void crypto_contract(const Crypto& crypto, Check& check) {
  digests(crypto, check);
  codes(crypto, check);
  published_signatures(crypto, check);
  own_signatures(crypto, check);
  refused_keys(crypto, check);
  agreements(crypto, check);
  sealing(crypto, check);
  randomness(crypto, check);
}

}  // namespace stocktracker::inline v0::testing
