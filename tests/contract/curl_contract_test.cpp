#include <stocktracker/adapters/curl.hpp>
#include <stocktracker/testing/transport_contract.hpp>

#include "tests/support/catch_check.hpp"

namespace st = stocktracker;

namespace {

class Curl final : public st::testing::TransportSubject {
 public:
  st::Result<std::shared_ptr<st::HttpTransport>> transport() override { return st::make_curl_transport(); }
};

}  // namespace

TEST_CASE("the curl transport keeps the transport contract") {
  Curl curl;
  CatchCheck check;
  st::testing::transport_contract(curl, check);
  CHECK(check.expectations() > 80);
}
