// Crypto over OpenSSL passes the suite.
#include <stocktracker/adapters/openssl.hpp>
#include <stocktracker/testing/crypto_contract.hpp>

#include "tests/support/catch.hpp"
#include "tests/support/catch_check.hpp"

namespace st = stocktracker;

TEST_CASE("crypto over OpenSSL keeps the contract") {
  CatchCheck check;
  st::testing::crypto_contract(*st::make_crypto(), check);
  CHECK(check.expectations() >= 400);
}
