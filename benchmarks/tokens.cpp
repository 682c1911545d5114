// Verifying tokens, beside the bare codes and signatures of OpenSSL over the same bytes; checks of permissions, beside
// a bit in a word.
#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <cstdlib>

#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/identity/permissions.hpp>
#include <stocktracker/identity/web_token.hpp>

namespace {

namespace st = stocktracker;

const st::Instant kNow = st::Instant::from_seconds(1'795'000'000);
constexpr std::size_t kTokenBytes = 357;
const std::string kSecret(32, 'k');

void must(bool holds) {
  if (!holds) std::abort();
}

st::TokenClaims claims() {
  return {.issuer = "https://stock.example",
          .audience = "api",
          .subject = "0193aaaa-0000-7000-8000-000000000001",
          .id = "t1",
          .issued_at = kNow,
          .not_before = kNow,
          .expires_at = kNow + std::chrono::minutes(15),
          .texts = {{"tenant", "0193bbbb-0000-7000-8000-000000000002"}}};
}

st::TokenKeys keys_of(st::TokenKey key) { return st::TokenKeys::of({std::move(key)}).value(); }

void verify(benchmark::State& state, const st::TokenKeys& keys) {
  const std::string token = keys.sign(claims()).value();
  for (auto _ : state) {
    const auto read = keys.verify(token, {.issuer = "https://stock.example", .audience = "api", .now = kNow});
    if (!read) state.SkipWithError("a token was refused");
    benchmark::DoNotOptimize(read);
  }
}

// One keyed context, begun again for each text, and base64 of the same size by OpenSSL.
void token_hs256_limit(benchmark::State& state) {
  EVP_MAC* mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  EVP_MAC_CTX* context = EVP_MAC_CTX_new(mac);
  char digest[] = "SHA256";
  const OSSL_PARAM options[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                OSSL_PARAM_construct_end()};
  const auto* key = reinterpret_cast<const unsigned char*>(kSecret.data());
  must(EVP_MAC_init(context, key, kSecret.size(), options) == 1);
  const std::string text(kTokenBytes - kTokenBytes % 4, 'A');
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  unsigned char out[kTokenBytes];
  std::size_t size = 0;
  for (auto _ : state) {
    must(EVP_MAC_init(context, nullptr, 0, nullptr) == 1);
    must(EVP_MAC_update(context, bytes, text.size()) == 1);
    must(EVP_MAC_final(context, out, &size, sizeof out) == 1);
    must(EVP_DecodeBlock(out, bytes, static_cast<int>(text.size())) > 0);
    benchmark::DoNotOptimize(out[0]);
  }
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(mac);
}
BENCHMARK(token_hs256_limit);

void token_hs256(benchmark::State& state) {
  const auto crypto = st::make_crypto();
  verify(state, keys_of(st::TokenKey::hs256(*crypto, "2026-11", st::Secret::copy_of(kSecret)).value()));
}
BENCHMARK(token_hs256);

const std::shared_ptr<const st::SigningKey>& rsa() {
  static const auto key = st::make_crypto()->make_signing_key(st::SignatureAlgorithm::rs256).value();
  return key;
}

void token_rs256_limit(benchmark::State& state) {
  const st::Secret pem = rsa()->pem().value();
  BIO* memory = BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(memory, nullptr, nullptr, nullptr);
  EVP_MD* hash = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  const std::string text(kTokenBytes, 'A');
  const std::string signature = rsa()->sign(text).value();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  const auto* sent = reinterpret_cast<const unsigned char*>(signature.data());
  for (auto _ : state) {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    must(EVP_DigestVerifyInit(context, nullptr, hash, nullptr, key) == 1);
    must(EVP_DigestVerify(context, sent, signature.size(), bytes, text.size()) == 1);
    EVP_MD_CTX_free(context);
  }
  EVP_MD_free(hash);
  EVP_PKEY_free(key);
  BIO_free(memory);
}
BENCHMARK(token_rs256_limit);

void token_rs256(benchmark::State& state) { verify(state, keys_of(st::TokenKey::signing("r", rsa()).value())); }
BENCHMARK(token_rs256);

// Role and permission come from memory, as in a request.
constexpr unsigned kAsked = 1'024;

std::vector<unsigned char> asked(std::size_t below) {
  std::vector<unsigned char> numbers(kAsked);
  for (unsigned i = 0; i < kAsked; ++i) numbers[i] = static_cast<unsigned char>(i * 7'919 % below);
  return numbers;
}

void permission_check_limit(benchmark::State& state) {
  const std::vector<unsigned char> roles = asked(st::kRoles.size());
  const std::vector<unsigned char> permissions = asked(st::kPermissionCount);
  const std::uint64_t words[] = {0x1, 0x3, 0x7, 0xF};
  unsigned i = 0;
  for (auto _ : state) {
    i = (i + 1) % kAsked;
    benchmark::DoNotOptimize((words[roles[i]] >> permissions[i]) & 1);
  }
}
BENCHMARK(permission_check_limit);

void permission_check(benchmark::State& state) {
  const std::vector<unsigned char> roles = asked(st::kRoles.size());
  const std::vector<unsigned char> permissions = asked(st::kPermissionCount);
  unsigned i = 0;
  for (auto _ : state) {
    i = (i + 1) % kAsked;
    benchmark::DoNotOptimize(st::permits(static_cast<st::Role>(roles[i]), static_cast<st::Permission>(permissions[i])));
  }
}
BENCHMARK(permission_check);

}  // namespace
