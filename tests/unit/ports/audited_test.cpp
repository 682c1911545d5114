// Records of what was done: whose, by whom, how it ended.
#include "ports/audited.hpp"

#include <stocktracker/testing/manual_clock.hpp>

#include "tests/support/catch.hpp"

namespace st = stocktracker;

namespace {

class Kept final : public st::AuditSink {
 public:
  void record(const st::AuditEvent& event) noexcept override { events.push_back(event); }
  std::vector<st::AuditEvent> events;
};

struct Office {
  st::AuditEvent recorded(std::string subject, std::optional<st::Errc> refused = {}) {
    st::record(&audit, clock, {"test.act", tenant, std::move(subject)}, context, refused);
    return audit.events.back();
  }
  Kept audit;
  st::testing::ManualClock clock{st::Instant::from_seconds(1'000)};
  st::TenantId tenant{st::Uuid::v7(st::Instant::from_seconds(10), 1, 1)};
  st::CallContext context{.actor = "anna", .request_id = "r-1"};
};

}  // namespace

TEST_CASE("a record has the action, the time, the tenant, the actor, the request and the reason of a refusal") {
  Office office;
  const auto done = office.recorded("offer 7");
  CHECK(done.at == office.clock.now());
  CHECK(done.tenant == office.tenant);
  CHECK(done.actor == "anna");
  CHECK(done.action == "test.act");
  CHECK(done.subject == "offer 7");
  CHECK(done.request_id == "r-1");
  CHECK_FALSE(done.refused);
  CHECK(office.recorded("offer 7", st::Errc::not_found).refused == st::Errc::not_found);
}

TEST_CASE("the subject of a record is kept to 200 bytes, and no character is cut in two") {
  Office office;
  const std::string just(200, 'x');
  CHECK(office.recorded(just).subject == just);
  CHECK(office.recorded(just + "y").subject == just);
  // Characters of one to four bytes over the limit, at each place.
  for (const std::string character : {"y", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x93\xA6"}) {
    for (std::size_t before = 195; before <= 200; ++before) {
      const std::string begin(before, 'x');
      const bool fits = before + character.size() <= 200;
      CAPTURE(before, character);
      const std::string kept = office.recorded(begin + character + std::string(5, 'z')).subject;
      CHECK(kept.substr(0, before) == begin);
      CHECK((kept.find(character) == before) == fits);
      CHECK(kept.size() <= 200);
      CHECK((fits || kept.size() == before));
    }
  }
}
