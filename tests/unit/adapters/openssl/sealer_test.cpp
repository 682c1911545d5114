// The sealer: what opens, and what does not.
#include <stocktracker/adapters/openssl.hpp>

#include <set>
#include <thread>

#include "tests/support/catch.hpp"
#include "tests/support/revealed.hpp"

namespace st = stocktracker;

namespace {

/// Keys in memory; the first is current.
class Keys final : public st::KeyProvider {
 public:
  struct Key {
    std::string id;
    std::string bytes;
  };
  explicit Keys(std::vector<Key> keys) : keys_(std::move(keys)) {}
  st::Result<st::SealingKey> current() override { return find(keys_.front().id); }
  st::Result<st::SealingKey> find(std::string_view id) override {
    for (const Key& key : keys_) {
      if (key.id == id) return st::SealingKey{key.id, st::Secret::copy_of(key.bytes)};
    }
    return st::Errc::key_missing;
  }

 private:
  std::vector<Key> keys_;
};

std::shared_ptr<st::Sealer> sealer(std::vector<Keys::Key> keys) {
  return st::make_sealer(std::make_shared<Keys>(std::move(keys)));
}

const Keys::Key kOne{"k-1", std::string(32, 'A')};
const Keys::Key kTwo{"k-2", std::string(32, 'B')};
constexpr st::SealContext kHere{"tenant-1", "credential", "sealed", "account-1/token"};

}  // namespace

TEST_CASE("sealer: texts come back, and look like nothing in between") {
  auto seals = sealer({kOne});
  for (const std::string& text :
       {std::string(), std::string("x"), std::string("токен\0 с нулём", 20), std::string(100'000, 'z')}) {
    const auto sealed = seals->seal(st::Secret::copy_of(text), kHere).value();
    if (text.size() > 8) CHECK(sealed.find(text) == std::string::npos);
    CHECK(revealed(seals->open(sealed, kHere).value()) == text);
  }
  std::set<std::string> different;
  for (int i = 0; i < 100; ++i) different.insert(seals->seal(st::Secret::copy_of("same"), kHere).value());
  CHECK(different.size() == 100);
  const auto huge = seals->seal(st::Secret(std::string((1U << 20) + 1, 'x')), kHere);
  CHECK(huge.error().errc() == st::Errc::out_of_range);
}

TEST_CASE("sealer: a text longer than any that is sealed names no key: none is looked for, nothing is unpacked") {
  auto seals = sealer({kOne});
  const auto longest = seals->seal(st::Secret(std::string(1U << 20, 'x')), kHere).value();
  CHECK(seals->key_id(longest).value() == "k-1");
  CHECK(seals->open(longest, kHere));
  CHECK(seals->key_id(longest + "x").error().errc() == st::Errc::seal_broken);
  CHECK(seals->open(longest + "x", kHere).error().errc() == st::Errc::seal_broken);
}

TEST_CASE("sealer: no changed, shortened or lengthened text opens") {
  auto seals = sealer({kOne, kTwo});
  const auto sealed = seals->seal(st::Secret::copy_of("a token"), kHere).value();
  const auto closed = [&](const std::string& text) {
    const auto opened = seals->open(text, kHere);
    return !opened &&
           (opened.error().errc() == st::Errc::seal_broken || opened.error().errc() == st::Errc::key_missing);
  };
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = sealed;
      changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
      INFO("byte " << at << ", bit " << bit);
      CHECK(closed(changed));
    }
    CHECK(closed(sealed.substr(0, at)));
  }
  CHECK(closed(sealed + "x"));
  CHECK(closed(""));
  // The name of another key that exists does not make it that key's text.
  std::string renamed = sealed;
  renamed[4] = '2';
  CHECK(seals->open(renamed, kHere).error().errc() == st::Errc::seal_broken);
}

TEST_CASE("sealer: a text opens only where it was sealed") {
  auto seals = sealer({kOne});
  const auto sealed = seals->seal(st::Secret::copy_of("a token"), kHere).value();
  for (const st::SealContext& elsewhere :
       {st::SealContext{"tenant-2", "credential", "sealed", "account-1/token"},
        st::SealContext{"tenant-1", "settings", "sealed", "account-1/token"},
        st::SealContext{"tenant-1", "credential", "other", "account-1/token"},
        st::SealContext{"tenant-1", "credential", "sealed", "account-2/token"},
        // The same letters, cut in other places.
        st::SealContext{"tenant-1c", "redential", "sealed", "account-1/token"},
        st::SealContext{"tenant-1", "credentials", "ealed", "account-1/token"},
        st::SealContext{"tenant-1", "credential", "sealedaccount-1/token", ""}, st::SealContext{"", "", "", ""}}) {
    CHECK(seals->open(sealed, elsewhere).error().errc() == st::Errc::seal_broken);
  }
}

TEST_CASE("sealer: texts of an earlier version open, each bound to all that names its place") {
  // Made by another implementation of AES-256-GCM: version, key id, nonce, text, tag; bound to the version, and to key
  // id, tenant, table, column and row with their lengths. Otherwise an update would close every account.
  const std::string hex = "01036b2d310102030405060708090a0b0c3c8cb601babe3b835f2c802f77c401b668b27a96f95df0";
  std::string sealed;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    sealed += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  const auto opened = sealer({kOne})->open(sealed, kHere);
  REQUIRE(opened);
  CHECK(revealed(opened.value()) == "a token");
}

TEST_CASE("sealer: no nonce is used twice, and none is like another") {
  // Two texts under one nonce give both away.
  const auto seals = sealer({kOne});
  std::set<std::string> nonces;
  std::vector<std::set<char>> bytes(12);
  for (int i = 0; i < 1'000; ++i) {
    const std::string nonce = seals->seal(st::Secret::copy_of("same"), kHere).value().substr(2 + kOne.id.size(), 12);
    nonces.insert(nonce);
    for (std::size_t at = 0; at < nonce.size(); ++at) bytes[at].insert(nonce[at]);
  }
  CHECK(nonces.size() == 1'000);
  for (const auto& values : bytes) CHECK(values.size() > 100);  // of 256; 251 are expected
}

TEST_CASE("sealer: keys rotate") {
  const auto old = sealer({kOne})->seal(st::Secret::copy_of("old"), kHere).value();
  auto rotated = sealer({kTwo, kOne});
  const auto fresh = rotated->seal(st::Secret::copy_of("new"), kHere).value();
  CHECK(revealed(rotated->open(old, kHere).value()) == "old");
  CHECK(revealed(rotated->open(fresh, kHere).value()) == "new");
  CHECK(sealer({kTwo})->open(old, kHere).error().errc() == st::Errc::key_missing);
  CHECK(revealed(sealer({kTwo})->open(fresh, kHere).value()) == "new");
  // The right name with another key behind it.
  CHECK(sealer({{"k-1", std::string(32, 'Z')}})->open(old, kHere).error().errc() == st::Errc::seal_broken);
}

TEST_CASE("sealer: keys of another size never reach the cipher") {
  const auto sealed = sealer({kOne})->seal(st::Secret::copy_of("text"), kHere).value();
  for (const std::size_t size : {0U, 16U, 31U, 33U}) {
    auto wrong = sealer({{"k-1", std::string(size, 'A')}});
    CHECK(wrong->seal(st::Secret::copy_of("text"), kHere).error().errc() == st::Errc::key_malformed);
    CHECK(wrong->open(sealed, kHere).error().errc() == st::Errc::key_malformed);
  }
  auto nameless = sealer({{std::string(256, 'k'), std::string(32, 'A')}});
  CHECK(nameless->seal(st::Secret::copy_of("text"), kHere).error().errc() == st::Errc::key_malformed);
}

TEST_CASE("sealer: may be used by many threads") {
  auto seals = sealer({kOne});
  std::vector<int> good(4, 0);
  std::vector<std::thread> threads;
  for (int& count : good) {
    threads.emplace_back([&count, &seals] {
      for (int i = 0; i < 200; ++i) {
        const std::string text = "token " + std::to_string(i);
        const auto sealed = seals->seal(st::Secret::copy_of(text), kHere);
        if (sealed && revealed(seals->open(sealed.value(), kHere).value()) == text) ++count;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == std::vector<int>(4, 200));
}
